"""The organisation's own documents: what questions to it are answered from."""
