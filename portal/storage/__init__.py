"""Files we keep for others, encrypted at rest.

The storages are `evidence`, `notices`, `exports` and `letters`:

    from django.core.files.storage import storages

    name = storages["notices"].save("2026/11/27/" + secrets.token_hex(16), File(pdf))
    with storages["notices"].open(name) as pdf: ...

Each is a `portal.storage.sealed.SealedStorage`: an ordinary Django storage, in a folder or in an
S3 bucket (`EVIDENCE_STORAGE`), whose files are encrypted under `EVIDENCE_KEYS`. What it promises:

- `save` returns when the whole file is durable; a file is there whole or not at all.
- `open` has read the whole file once before it returns: not a byte of a file is handed out that
  was altered, cut short, or put there by somebody else under this name (`BrokenSeal`).
- A file that is gone is a FileNotFoundError; a storage that does not answer is `StorageAway`, an
  OSError: try again later.
- Memory stays the same however large the file. What lies in temporary files is encrypted.
- There is no `url` and no `path`: a file leaves through a view that checks who asks.

Names say nothing about a person, and a name is used once: it is part of what is encrypted.
"""
