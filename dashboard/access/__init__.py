"""Know who may reach the dashboard, before a page is drawn."""
