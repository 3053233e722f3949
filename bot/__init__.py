"""What to ask: the script of questions and the dialogue. Pure: it knows the card's types and nothing of HTTP."""
