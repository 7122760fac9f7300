"""The site as an app on a phone."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

pytestmark = pytest.mark.django_db


def test_the_service_worker_speaks_for_the_whole_site_and_keeps_the_page_without_connection(client):
    answer = client.get("/sw.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    (offline,) = re.findall(r'OFFLINE = "(.*)"', answer.text)
    assert client.get(offline).status_code == 200
    (listed,) = re.findall(r"ASSETS = .*", answer.text)
    assets = re.findall(r'"/static/([^"]+)"', listed)
    assert assets
    assert all(finders.find(asset) for asset in assets)


def test_its_version_changes_with_what_it_keeps(client, monkeypatch):
    before = client.get("/sw.js").text
    monkeypatch.setattr("portal.pages.installed.ASSETS", ("portal/mark.svg",))

    after = client.get("/sw.js").text

    version = re.compile(r"recourse-\w+")
    assert version.findall(before) != version.findall(after)


def test_the_page_without_connection_speaks_both_languages_and_names_nobody(client):
    answer = client.get("/offline/")

    assert answer.status_code == 200
    assert "You have no connection" in answer.text
    assert "没有网络连接" in answer.text
    assert "csrf" not in answer.text
    assert not answer.cookies


def test_the_manifest_has_what_a_phone_asks_for():
    path = finders.find("portal/manifest.webmanifest")
    manifest = json.loads(Path(str(path)).read_text(encoding="utf-8"))

    assert manifest["start_url"] == manifest["scope"] == "/"
    assert manifest["display"] == "standalone"
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert {"192x192", "512x512"} <= sizes
    assert all(finders.find(f"portal/{icon['src']}") for icon in manifest["icons"])
