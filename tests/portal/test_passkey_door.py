"""What a stranger may send to the passkey's door."""

import json

import pytest
from django.urls import reverse

from tests.portal.people import is_in

pytestmark = pytest.mark.django_db

URL = reverse("mfa_login_webauthn")
RESPONSE = {
    "clientDataJSON": "e30",
    "authenticatorData": "A" * 50,
    "signature": "AAAA",
    "userHandle": "MQ",
}
WHOLE = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": RESPONSE}
RUBBISH = [
    "",
    "{",
    "null",
    "[]",
    "{}",
    "1",
    '"text"',
    json.dumps({"id": 1, "rawId": 2, "type": 3, "response": 4}),
    json.dumps({**WHOLE, "response": []}),
    json.dumps({**WHOLE, "response": {**RESPONSE, "userHandle": None}}),
    json.dumps({**WHOLE, "response": {**RESPONSE, "userHandle": 7}}),
    json.dumps({**WHOLE, "response": {**RESPONSE, "userHandle": "_w"}}),
    json.dumps({**WHOLE, "response": {**RESPONSE, "userHandle": "enp6enp6enp6enp6enp6enp6"}}),
    json.dumps({**WHOLE, "response": {**RESPONSE, "authenticatorData": "AA"}}),
    json.dumps({**WHOLE, "response": {**RESPONSE, "clientDataJSON": "!!!"}}),
    json.dumps({**WHOLE, "response": {**RESPONSE, "clientDataJSON": "W10"}}),
    json.dumps(WHOLE),
    "[" * 5000,
]


@pytest.mark.parametrize("credential", RUBBISH)
def test_rubbish_leads_back_to_the_door(client, credential):
    client.get(URL, headers={"Accept": "application/json"})

    answer = client.post(URL, {"credential": credential})

    assert answer["Location"] == reverse("account_login")
    assert not is_in(client)


def test_the_challenge_is_for_the_script_only(client):
    assert client.get(URL)["Location"] == reverse("account_login")
    options = client.get(URL, headers={"Accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["userVerification"] == "required"
