bash "$bundle"/{{ script }}
