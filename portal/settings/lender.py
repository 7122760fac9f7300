"""The lender: who the notices are from, and what its engine and its ledger are told."""

from portal.lib.env import env_int, env_secret, env_str
from portal.settings.place import IS_PRODUCTION

# Where a phone number without a country code is at home.
DEFAULT_PHONE_REGION = env_str("DEFAULT_PHONE_REGION", default="US")
# Who the notices are from, as the law wants it said; without them some notices are held back.
LENDER_NAME = env_str("LENDER_NAME", default="" if IS_PRODUCTION else "Example Lender")
LENDER_ADDRESS = env_str(
    "LENDER_ADDRESS", default="" if IS_PRODUCTION else "100 Example Street, New York, NY 10001"
)
HELP_PHONE = env_str("HELP_PHONE", default="+1 202 555 0100")
HELP_OPENS = env_str("HELP_OPENS", default="09:00")
HELP_CLOSES = env_str("HELP_CLOSES", default="17:00")
HELP_TIME_ZONE = env_str("HELP_TIME_ZONE", default="America/New_York")

# For how many days a customer can take the copy of their data.
DATA_COPY_DAYS = env_int("DATA_COPY_DAYS", default=7)

# Rules that do what they always did may raise one alarm in so many days, all charts together.
DAYS_BETWEEN_FALSE_ALARMS = env_int("DAYS_BETWEEN_FALSE_ALARMS", default=180)
# A reason's overturned share that the engine is told of, and how far it must fall before it is told
# again; both in percent and of the interval's lower end. So many answers are needed.
OVERTURN_LIMIT = env_int("OVERTURN_LIMIT", default=30)
OVERTURN_LOWER_LIMIT = env_int("OVERTURN_LOWER_LIMIT", default=20)
OVERTURN_FEWEST = env_int("OVERTURN_FEWEST", default=20)
LEDGER_WEBHOOK_URL = env_str("LEDGER_WEBHOOK_URL")
LEDGER_WEBHOOK_SECRET = env_secret("LEDGER_WEBHOOK_SECRET")
# Where the risk engine is asked to stop a rule; without it, staff see that nobody was asked.
ENGINE_WEBHOOK_URL = env_str("ENGINE_WEBHOOK_URL")
ENGINE_WEBHOOK_SECRET = env_secret("ENGINE_WEBHOOK_SECRET")
