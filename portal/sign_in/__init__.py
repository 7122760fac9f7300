"""How people come in: customers by code or passkey, staff by password and a second factor."""
