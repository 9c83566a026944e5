"""Who may come in: users, roles, invitations, provider keys and limits."""
