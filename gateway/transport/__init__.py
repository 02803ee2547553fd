"""How requests leave: messages, operations as steps, tokens, retries; `network` alone imports httpx."""
