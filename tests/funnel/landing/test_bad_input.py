"""Whatever is thrown at a form gets a clear 4xx, in the caller's own form, and leaves no trace."""

import pytest

URLENCODED = "application/x-www-form-urlencoded"
JSON = "application/json"
GOOD = b'"email": "jane@example.com"'

BAD = {
    "no body": (b"", URLENCODED, 422),
    "no email": (b"first_name=Jane", URLENCODED, 422),
    "no content type": (b"email=jane%40example.com", "", 415),
    "text": (b"email=jane@example.com", "text/plain", 415),
    "XML": (b"<email>jane@example.com</email>", "application/xml", 415),
    "too large": (b"email=jane%40example.com&first_name=" + b"a" * 70_000, URLENCODED, 413),
    "10,000 fields": (b"email=jane%40example.com" + b"&a=" * 10_000, URLENCODED, 413),
    "10,000 fields in JSON": (b"{%s, %s}" % (GOOD, b", ".join(b'"%d":1' % n for n in range(5000))), JSON, 413),
    "invalid JSON": (b'{"email": ', JSON, 400),
    "empty JSON": (b"", JSON, 400),
    "a JSON list": (b"[%s]" % (b"1," * 10 + b"1"), JSON, 400),
    "a JSON string": (b'"jane@example.com"', JSON, 400),
    "deep JSON": (b'{"email":' + b"[" * 30_000 + b"]" * 30_000 + b"}", JSON, 400),
    "a list in a list": (b'{%s, "first_name": [["Jane"]]}' % GOOD, JSON, 422),
    "an object for a text": (b'{%s, "first_name": {"a": 1}}' % GOOD, JSON, 422),
    "a truth for a text": (b'{%s, "first_name": true}' % GOOD, JSON, 422),
    "a number for an email": (b'{"email": 5}', JSON, 422),
    "a list for an email": (b'{"email": ["jane@example.com", "joan@example.com"]}', JSON, 422),
    "two emails": (b"email=jane%40example.com&email=joan%40example.com", URLENCODED, 422),
    "infinity": (b"email=jane%40example.com&seats=inf", URLENCODED, 422),
    "not a number": (b"email=jane%40example.com&seats=nan", URLENCODED, 422),
    "a huge number": (b'{%s, "seats": 1e300}' % GOOD, JSON, 422),
    "a number beyond floats": (b'{%s, "seats": "1%s"}' % (GOOD, b"0" * 400), JSON, 422),
    "another choice": (b"email=jane%40example.com&size=12", URLENCODED, 422),
    "NUL": (b"email=jane%40example.com&first_name=J%00ne", URLENCODED, 400),
    "NUL in JSON": (b'{%s, "first_name": "J\\u0000ne"}' % GOOD, JSON, 400),
    "NUL in a tracking parameter": (b'{%s, "utm_source": "\\u0000"}' % GOOD, JSON, 400),
    "a lone surrogate": (b'{%s, "first_name": "\\ud800"}' % GOOD, JSON, 400),
    "an encoded surrogate": (b"email=jane%40example.com&first_name=%ED%A0%80", URLENCODED, 400),
    "not UTF-8": (b"email=jane%40example.com&first_name=J\xe9", URLENCODED, 400),
    "encoded, not UTF-8": (b"email=jane%40example.com&first_name=J%E9", URLENCODED, 400),
    "JSON that is not UTF-8": (b'{%s, "first_name": "J\xe9"}' % GOOD, JSON, 400),
    "a header in the email": (b"email=jane%40example.com%0D%0ABcc%3A%20joan%40example.com", URLENCODED, 422),
    "a name in the email": (b"email=Jane%20%3Cjane%40example.com%3E", URLENCODED, 422),
    "a long value": (b"email=jane%40example.com&first_name=" + b"a" * 5001, URLENCODED, 422),
    "multipart without boundary": (b"--x\r\n\r\n", "multipart/form-data", 400),
    "multipart broken off": (b"--x\r\nContent-Disp", "multipart/form-data; boundary=x", 400),
    "multipart of other bytes": (
        b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nj\xff@example.com\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
        400,
    ),
}


#: a browser's own form never sends JSON
BY_PEOPLE = {name: case for name, case in BAD.items() if case[1] != JSON}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_bad_input_is_refused_with_json_for_programs(client, make_form, counts, bad):
    make_form()
    body, content_type, status = bad

    answer = client.post("/f/demo", data=body, headers={"Content-Type": content_type, "Accept": JSON})

    assert answer.status_code == status
    assert (answer.json.keys() == {"errors"}) if status == 422 else (answer.json.keys() == {"code", "message"})
    assert set(counts().values()) == {0}


@pytest.mark.parametrize("bad", BY_PEOPLE.values(), ids=BY_PEOPLE)
def test_bad_input_is_refused_with_a_page_for_people(client, make_form, counts, bad):
    make_form()
    body, content_type, status = bad

    answer = client.post("/f/demo", data=body, headers={"Content-Type": content_type, "Accept": "text/html"})

    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert set(counts().values()) == {0}


@pytest.mark.parametrize("key", ["nope", "DEMO", "%00", "%ED%A0%80", "..", "demo'--", "d" * 3000])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_an_unknown_form_is_not_found(client, make_form, method, key):
    make_form()

    assert client.open(f"/f/{key}", method=method, data={"email": "jane@example.com"}).status_code == 404


def test_another_method_is_not_allowed(client, make_form):
    make_form()

    assert client.put("/f/demo").status_code == 405


def test_hostile_headers_and_query_do_no_harm(client, make_form, counts):
    make_form()

    answer = client.post(
        "/f/demo?utm_source=%00%FF&gclid=" + "a" * 5000,
        data={
            "email": "jane@example.com",
            "page_url": "http://[::",
            "referrer": "javascript:alert(1)",
            "locale": "x" * 999,
        },
        headers={
            "User-Agent": "\x7f\xff" * 900,
            "Referer": "\xff",
            "Idempotency-Key": "\xe9" * 500,
            "Accept": "\xff;q=z",
        },
    )

    assert answer.status_code == 303
    assert counts()["leads"] == 1
