"""The OpenRosa API over the same templates and actas: form list, manifest, submission, for clients such as ODK Collect."""
