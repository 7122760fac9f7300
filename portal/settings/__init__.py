"""The settings of every part of Recourse. Read them through `django.conf.settings`."""

import django_stubs_ext

from portal.settings.admin import *
from portal.settings.files import *
from portal.settings.lender import *
from portal.settings.logs import *
from portal.settings.people import *
from portal.settings.place import *
from portal.settings.safety import *
from portal.settings.site import *
from portal.settings.telling import *
from portal.settings.work import *

# Before any form or admin is read: `ModelForm[Appeal]` must mean something at run time.
django_stubs_ext.monkeypatch()
