from notifications.admin import campaigns, contacts, deliveries, letters, local, messages

__all__ = ["campaigns", "contacts", "deliveries", "letters", "local", "messages"]
