"""What Prometheus scrapes: an organisation as metrics, in the text formats of monitoring systems."""
