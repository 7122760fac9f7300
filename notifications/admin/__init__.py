from notifications.admin import contacts, local, messages

__all__ = ["contacts", "local", "messages"]
