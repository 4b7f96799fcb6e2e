"""Who may act: users, workspaces, memberships and API keys."""
