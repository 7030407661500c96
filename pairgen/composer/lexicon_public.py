"""Vocabularies of domains that inform and serve: news, education, government, healthcare, other."""

from pairgen.composer.lexicon import Lexicon, words

NEWS = Lexicon(
    brands=words("""The Morning | Daily | The Valley | Evening | The Northern | Coastal | The Independent |
        Metro | The
        Sunday"""),
    suffixes=words("Ledger | Courier | Dispatch | Herald | Observer | Standard | Gazette | Tribune"),
    nav=words(
        """World | Politics | Business | Science | Culture | Sport | Opinion | Weather | Local | Video |
        Podcasts"""
        ""
    ),
    qualities=words("""Regional | Rail | Housing | Coastal | Energy | School | Election | Water | Harvest | Airport |
        Climate | Broadband | Budget | Harbour"""),
    items=words("""Strike Vote | Inquiry | Funding Row | Reform Bill | Expansion Plan | Price Survey | Recovery
        | Summit |
        Court Ruling | Forecast | Shortage | Partnership | Review"""),
    kickers=words("""Live | Analysis | In pictures | Long read | Opinion | Exclusive | Explainer | Fact check |
        Updated {few} min ago |
        The briefing"""),
    headlines=words("""Council in {place} backs tram line after {n}-hour debate | Rents rise {pct} as supply
        tightens in {place} |
        {thing} enters its {nth} week | Why {place} is betting on wind | Storm leaves {n} villages without power |
        Inside the quiet race to rebuild {place} | Museum finds lost letters of {person} | {thing}: what we know
        so far |
        Students in {place} win the right to vote early | A new ferry for {place}, {n} years late"""),
    subjects=words("""Commuters from {place} | Ministers | Fishing crews | Opposition members | Farmers in the south |
        Union leaders | Local shopkeepers | Forecasters | Campaigners | Investors"""),
    claims=words("""say the plan comes too late | asked for more time on Monday | welcomed the figures with caution |
        have begun to count the cost | expect a decision before the holidays | dispute the numbers |
        gathered outside the town hall | are preparing for a long winter | rejected the latest offer"""),
    facts=words("""Officials in {place} put the bill at {big} dollars, {pct} above the first estimate. |
        {person}, who has lived there since {year}, called the vote a turning point. |
        The report, published on {weekday}, runs to {n}0 pages. |
        A spokesperson declined to comment on {thing}. |
        Turnout reached {pct}, the highest in {n} years. |
        Two earlier attempts failed in {year}."""),
    actions=words("Read full story | Subscribe | Watch live | Share article | Sign in | Get alerts | Listen now"),
    badges=words("Breaking | Live | Opinion | Premium | Video | Updated | Local | Gallery"),
    metrics=words("count:readers a day | percent:turnout | days:of talks | score:trust index | count:reporters"),
    columns=words("place:District | percent:Turnout | count:Votes | person:Leading | date:Declared | status:Result"),
    statuses=words("Declared | Counting | Recount | Too close | Held"),
    fields=words(
        """Email address | First name | Home region | Topics you follow | Letter to the editor | Subscriber
        number"""
        ""
    ),
    filters=words(
        """Past day | Past week | With video | Interviews | Investigations | Letters | Local only | Data
        stories"""
        ""
    ),
    roles=words("Political editor | Science writer | Correspondent | Columnist | Photographer | Data reporter"),
    prices=(4, 29, "/month"),
    layouts=words("magazine | article | listing | magazine | pricing | article"),
)

EDUCATION = Lexicon(
    brands=words(
        """Hartwell | Kingsbridge | Open Harbor | Maplewood | Saint Oriel | Lyceum | Brightpath | Northfield |
        Ada"""
        ""
    ),
    suffixes=words("College | Academy | University | Institute | School | Learning | Campus"),
    nav=words("""Courses | Admissions | Campus life | Research | Library | Alumni | Scholarships | Calendar |
        Faculty |
        Apply"""),
    qualities=words("""Introductory | Applied | Advanced | Comparative | Practical | Modern | Environmental |
        Digital |
        Creative | Experimental | Foundations of | Evening"""),
    items=words("""Statistics | Marine Biology | Urban History | Robotics | Ceramics | Linguistics | Astronomy |
        Nursing |
        Political Theory | Film Studies | Carpentry | Microeconomics | Game Design | Botany"""),
    kickers=words("""Term starts {month} | Open day | Learn at your pace | Course of the week | Graduate school
        | Student voices |
        Week {few} of {n} | Scholarship fund | Lecture notes"""),
    headlines=words("""Learn something difficult this year | {thing} for complete beginners | Apply by {day} {month} |
        A campus you can cross in {n} minutes | How {place} became our classroom | {n} scholarships for {soon} |
        Study by night, graduate by {month} | The library that never sleeps"""),
    subjects=words("""First-year students | Evening classes | Our tutors | Seminar groups | Field trips to {place} |
        Graduates of {year} | Recorded lectures | Laboratory sessions | Applicants from abroad"""),
    claims=words("""meet in groups of twelve or fewer | are open to everyone who applies in time | end with a
        written project |
        count towards a full degree | share their notes online | receive feedback within a week |
        begin with a question rather than an answer | find work in the field they studied | mix theory with
        practice"""),
    facts=words("""{thing} runs for {n} weeks and asks for {few} hours of reading in each. |
        {person} has taught here since {year} and still marks by hand. |
        The reading room seats {n}0 and stays open until midnight. |
        Applicants need two references and a short letter. |
        Fees can be paid in {few} parts over the year. |
        Last {month}, a student team from {place} won the national prize."""),
    actions=words("""Apply online | Enroll now | Download syllabus | Visit campus | Join the lecture | View
        timetable | Ask a
        tutor"""),
    badges=words("Open | Waitlist | Free | Certificate | Credit | Online | On campus | Beginner"),
    metrics=words("""count:students | percent:in work after a year | score:course rating | days:until enrolment |
        count:scholarships"""),
    columns=words("thing:Course | person:Lecturer | place:Campus | date:Starts | count:Seats | status:Enrolment"),
    statuses=words("Open | Full | Waitlist | Closed | Starting soon"),
    fields=words("""Student name | Guardian email | Previous school | Intended start | Personal statement | Country of
        residence"""),
    filters=words("Part time | Full time | Online | Evening | Sciences | Humanities | Arts | No fees | Short course"),
    roles=words("""Professor of History | Second-year student | Dean | Laboratory lead | Admissions tutor |
        Graduate of
        {year}"""),
    prices=(120, 2400, " per term"),
    layouts=words("landing | catalog | listing | article | detail | form"),
)

GOVERNMENT = Lexicon(
    brands=words("City of {place} | {place} County | Borough of {place} | Province of {place} | Town of {place}"),
    suffixes=words("Services | Council | Online | Portal | Administration"),
    nav=words("""Residents | Business | Permits | Taxes | Transport | Council | News | Waste and recycling |
        Elections |
        Contact"""),
    qualities=words("""Residential | Annual | Temporary | Public | Emergency | Community | Replacement |
        Household | Commercial |
        Digital | Municipal | Senior"""),
    items=words("""Parking Permit | Building Licence | Library Card | Bus Pass | Tax Return | Birth Certificate
        | Waste Collection |
        Street Repair | Voter Registration | Market Stall | Housing Grant | Planning Notice"""),
    kickers=words("""Official notice | Have your say | Service update | Before you apply | Public meeting |
        Deadline {day} {month} |
        Step {few} of {n} | Open consultation"""),
    headlines=words("""Renew your {thing} online | Road works on {street} from {month} | How the {year} budget
        is spent |
        Apply for help with heating costs | Council meeting on {day} {month} | Report a problem in your street |
        New rules for cycling in {place} | Collection days change in {month}"""),
    subjects=words("""Residents over sixty-five | Applications sent by post | Households in {place} | Contractors |
        Public notices | Council offices | Parents of school children | Fees and fines | Inspectors"""),
    claims=words("""are handled in the order they arrive | must be renewed once a year | qualify for a reduced rate |
        can be checked online at any time | are published in full | should allow ten working days |
        require a valid proof of address | may be paid in instalments | remain open during the holidays"""),
    facts=words("""You need your reference number and a photo no older than {n} months. |
        The office on {street} opens at {few} in the morning. |
        In {year}, {big} households used the service. |
        {person} chairs the committee until {month}. |
        If you disagree with a decision, you can appeal within {n} days. |
        The {thing} costs nothing for people on low incomes."""),
    actions=words("""Start application | Check status | Pay online | Find an office | Download form | Report it
        | Register to
        vote"""),
    badges=words("Open | Closed | Urgent | Free service | Online | By post | Consultation | Updated"),
    metrics=words("""count:applications handled | days:average wait | percent:done online | money:spent on roads |
        score:resident survey"""),
    columns=words("thing:Service | place:District | date:Deadline | money:Fee | days:Processing | status:Status"),
    statuses=words("Open | Under review | Approved | Closed | Postponed"),
    fields=words("""Legal name | National number | Street and number | Date of move | Vehicle plate | Daytime
        phone | Reason
        for request"""),
    filters=words("""Online only | No fee | For families | For businesses | Needs appointment | In person | By post |
        Multilingual"""),
    roles=words("Mayor | District officer | Committee chair | City planner | Registrar | Councillor"),
    prices=(12, 180, ""),
    layouts=words("listing | form | article | landing | directory | listing"),
)

HEALTHCARE = Lexicon(
    brands=words(
        """Willow | Saint Clement | Northshore | Brightwater | Elm Park | Carewell | Sunridge | Linden | Harbor"""
    ),
    suffixes=words("Clinic | Health | Medical Centre | Hospital | Family Practice | Care | Physiotherapy"),
    nav=words("""Find a doctor | Appointments | Services | Patients | Visitors | Emergency | Test results | Pharmacy |
        Wellbeing | About"""),
    qualities=words("""Paediatric | Preventive | Same-day | Outpatient | Specialist | Women's | Sports |
        Community | Remote |
        Follow-up | Routine | Cardiac"""),
    items=words("""Check-up | Vaccination | Physiotherapy | Eye Test | Blood Panel | Sleep Clinic | Allergy
        Screening |
        Dental Care | Nutrition Advice | Hearing Test | Skin Review | Rehabilitation"""),
    kickers=words("""Walk-in today | Your visit | Patient story | Preventive care | Opening hours | Ask a nurse
        | Health library |
        Winter advice | Meet the team"""),
    headlines=words("""Care that starts with listening | See a doctor before {weekday} | What to expect at your
        {thing} |
        Flu season in {place}: be ready | {n} minutes for your heart | A calmer way to wait |
        Your results, explained in plain words | Better sleep begins in {month}"""),
    subjects=words("""Patients with long-term conditions | Our nurses | Test results | Appointments before nine |
        Visitors to the ward | Children under twelve | Regular walks | Prescriptions | Specialists from {place}"""),
    claims=words("""are seen within a day | bring down the risk considerably | arrive by secure message |
        can be moved by phone | take no more than twenty minutes | benefit most from early advice |
        recover faster with gentle exercise | are welcome to bring someone along | explain each option in full"""),
    facts=words("""A {thing} takes about {n} minutes and needs no referral. |
        Dr {person} joined the practice in {month} {year}. |
        Please bring your insurance card and a list of your medicines. |
        In {place}, {pct} of adults have had a check this year. |
        Drink water, rest and call us if the fever lasts {few} days. |
        Ward {n} allows visits between two and six."""),
    actions=words("""Book appointment | Call the clinic | View results | Find a doctor | Renew prescription |
        Start check-in
        | Get directions"""),
    badges=words("Open now | New patients | Free | Walk-in | Urgent | Telehealth | Accredited | Full"),
    metrics=words("""count:patients a year | days:to an appointment | percent:seen on time | score:patient rating |
        count:specialists"""),
    columns=words(
        """person:Doctor | thing:Treatment | place:Site | date:Next free | days:Waiting time |
        status:Availability"""
        ""
    ),
    statuses=words("Available | Fully booked | On leave | By referral | Walk-in"),
    fields=words("""Patient name | Date of birth | Insurance number | Preferred doctor | Symptoms | Current
        medicines | Best
        time to call"""),
    filters=words("""Same day | Video visit | Speaks Spanish | Female doctor | Evening hours | Children |
        Wheelchair access |
        Weekend"""),
    roles=words("""Cardiologist | Nurse practitioner | Physiotherapist | General practitioner | Midwife |
        Patient since
        {year}"""),
    prices=(25, 320, ""),
    layouts=words("landing | directory | form | listing | article | detail"),
)

OTHER = Lexicon(
    brands=words("""Green Lane | Old Mill | Beacon | Tern Island | Cedar | Moorland | Fox & Heron | Lock
        Keepers' | Bell
        Tower"""),
    suffixes=words("Society | Trust | Garden | Rescue | Archive | Choir | Club | Foundation"),
    nav=words("Visit | Volunteer | Donate | What we do | Events | Members | Stories | Shop | Projects | Find us"),
    qualities=words("""Spring | Night | Volunteer | Wetland | Woodland | Heritage | Winter | Community | Seed |
        Bell-ringing |
        Beekeeping | Rescue"""),
    items=words("""Walk | Work Party | Open Day | Bird Count | Repair Cafe | Swap Table | Concert | Hedge
        Planting | Lantern Parade |
        Boat Trip | Allotment Tour | Archive Evening"""),
    kickers=words(
        """Join in | From the archive | Our year | Field notes | Get involved | Coming up | Members'
        corner |
        Thank you"""
        ""
    ),
    headlines=words("""{n} acres, and room for everyone | Help us replant the {place} bank | Tickets for the {thing} |
        The birds came back in {month} | A rope, a bell and {n} patient people | Give an hour, keep a hedge |
        Notes from a wet {month} | Why we are restoring {place}"""),
    subjects=words("""Volunteers | Young members | The ponds at {place} | Donations of any size | Old photographs |
        Our rescue dogs | Saturday mornings | Hedgerows | The bees by the gate"""),
    claims=words("""make the biggest difference in spring | need a steady pair of hands | bring neighbours together |
        go further than you would think | are looked after all year round | tell the story better than we can |
        return to the same spot each year | thrive when left alone | keep the gates open"""),
    facts=words("""Meet {person} at the gate on {street} at {few} sharp. |
        Last {month} we counted {n} species in one morning. |
        Boots, gloves and soup are provided. |
        The {thing} has been held in {place} since {year}. |
        A gift of {n} dollars buys {few} young trees. |
        Dogs are welcome on a lead."""),
    actions=words(
        """Donate | Become a member | Sign up | Get directions | Read the diary | Reserve a place | Bring a
        friend"""
        ""
    ),
    badges=words("Free entry | Family | Outdoors | Members | Full | Dog friendly | Evening | Indoors"),
    metrics=words("""count:trees planted | count:volunteers | percent:spent on projects | days:until open day |
        score:from
        visitors"""),
    columns=words("thing:Event | place:Meeting point | date:When | person:Guide | count:Places | status:Booking"),
    statuses=words("Open | Full | Cancelled | Few left | Free"),
    fields=words("""Your full name | Contact email | Hours per month | Special skills | Emergency contact | How
        you heard of
        us"""),
    filters=words("This weekend | With children | Indoors | Free | Step-free | Outdoors | Needs boots | Evening"),
    roles=words("Head gardener | Volunteer since {year} | Treasurer | Warden | Archivist | Choir leader"),
    prices=(5, 90, ""),
    layouts=words("landing | listing | article | portfolio | directory | form"),
)
