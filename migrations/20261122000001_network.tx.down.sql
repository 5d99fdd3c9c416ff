DROP TABLE rate_limits, api_tokens, sessions, procedures, grant_designations, grant_statements, grants, roles, people,
    organisation_countries, organisations, authorities, challenges, topics, countries, languages, installation;
