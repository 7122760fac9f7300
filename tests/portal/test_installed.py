"""The site as an app on a phone."""

import json
import re

import pytest
from django.contrib.staticfiles import finders

pytestmark = pytest.mark.django_db


def test_the_service_worker_speaks_for_the_whole_site_and_keeps_the_page_without_connection(client):
    answer = client.get("/sw.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    offline = re.search(r'OFFLINE = "(.*)"', answer.text)[1]
    assert client.get(offline).status_code == 200
    assets = re.findall(r'"/static/([^"]+)"', re.search(r"ASSETS = .*", answer.text)[0])
    assert assets
    assert all(finders.find(asset) for asset in assets)


def test_its_version_changes_with_what_it_keeps(client, monkeypatch):
    before = client.get("/sw.js").text
    monkeypatch.setattr("portal.pages.installed.ASSETS", ("portal/mark.svg",))

    after = client.get("/sw.js").text

    versions = [re.search(r"recourse-(\w+)", text)[1] for text in (before, after)]
    assert versions[0] != versions[1]


def test_the_page_without_connection_speaks_both_languages_and_names_nobody(client):
    answer = client.get("/offline/")

    assert answer.status_code == 200
    assert "You have no connection" in answer.text
    assert "没有网络连接" in answer.text
    assert "csrf" not in answer.text
    assert not answer.cookies


def test_the_manifest_has_what_a_phone_asks_for():
    with open(finders.find("portal/manifest.webmanifest"), encoding="utf-8") as file:
        manifest = json.load(file)

    assert manifest["start_url"] == manifest["scope"] == "/"
    assert manifest["display"] == "standalone"
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert {"192x192", "512x512"} <= sizes
    assert all(finders.find(f"portal/{icon['src']}") for icon in manifest["icons"])
