"""Where codes get their looks: styles of a workspace, files in every format, and the pages and addresses of both."""
