"""Programs that use Watchbill as its users do."""
