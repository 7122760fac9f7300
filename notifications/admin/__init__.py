from notifications.admin import campaigns, contacts, local, messages

__all__ = ["campaigns", "contacts", "local", "messages"]
