"""`python -m watchbill_client.cli` is `watchbill`."""

from watchbill_client.cli import main

main()
