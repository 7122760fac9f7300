from portal.models.people import Customer, CustomerManager, Jurisdiction, StaffMember
from portal.models.sign_in import SignInCode, SignInTry

__all__ = [
    "Customer",
    "CustomerManager",
    "Jurisdiction",
    "SignInCode",
    "SignInTry",
    "StaffMember",
]
