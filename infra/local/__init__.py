"""The whole service on this machine: an AWS emulator, the same CDK app deployed to it, and a front door before it."""
