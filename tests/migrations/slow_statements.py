"""What the checker of plans must find, and what it must leave alone."""

BY_NOTE = "SELECT ticket_id FROM tickets WHERE note = $1"
FIRST_BY_NOTE = "SELECT ticket_id FROM tickets WHERE note = $1 ORDER BY ticket_id LIMIT 1"
BY_ID = "SELECT note FROM tickets WHERE ticket_id = $1"
NEWEST = "SELECT note FROM tickets ORDER BY ticket_id DESC LIMIT 10"
