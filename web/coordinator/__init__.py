"""The coordinators' room: who may come in, and what they see there. It knows releases and content, never a counter."""
