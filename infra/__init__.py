"""The service's infrastructure as one CDK app, and the launcher which deploys it to this machine."""
