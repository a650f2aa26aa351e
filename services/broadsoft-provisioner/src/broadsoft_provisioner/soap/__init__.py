"""How BroadWorks is spoken to: SOAP, OCI documents, sessions."""
