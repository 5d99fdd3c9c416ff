UPDATE country_holidays SET names = jsonb_build_object('en', names ->> 'en') WHERE jsonb_exists(names, 'en');
