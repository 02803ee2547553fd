"""How requests leave: messages, operations as steps, tokens, retries; `through_httpx` alone imports httpx."""
