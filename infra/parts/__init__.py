"""The parts the stack is put together from, one kind of resource each."""
