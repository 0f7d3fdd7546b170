bash "$common"/{{ script }}
