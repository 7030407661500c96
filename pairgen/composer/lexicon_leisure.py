"""Vocabularies of domains about people and leisure: travel, portfolio, corporate, social, entertainment."""

from pairgen.composer.lexicon import Lexicon, words

TRAVEL = Lexicon(
    brands=words(
        """Wayfarer | Slow Rails | Atlas & Pine | Farshore | Compass | Driftwood | Meander | Horizon | Two
        Harbours"""
        ""
    ),
    suffixes=words("Travel | Journeys | Tours | Escapes | Voyages | Holidays | Trails"),
    nav=words("""Destinations | City breaks | Rail trips | Hiking | Islands | Deals | Guides | My bookings | Groups |
        Stays"""),
    qualities=words("""Coastal | Weekend | Guided | Hidden | Alpine | Night-train | Island | Vineyard | Family |
        Self-guided |
        Winter | Desert | Lakeside | Old-town"""),
    items=words("""Escape | Walking Tour | Ferry Crossing | Cabin Stay | Cycle Route | Food Trail | Rail Pass |
        Sailing Week |
        Retreat | Road Trip | Homestay | Lighthouse Stay"""),
    kickers=words("""Leaves in {month} | From {place} | {n} nights | Traveller's notes | Off season | Room to
        breathe | Deal of the week |
        Itinerary | Where next"""),
    headlines=words("""Take the slow train to {place} | {n} nights under northern skies | {place} without the crowds |
        Pack light, stay longer | The {thing} everyone asks about | A week on foot from {place} |
        Wake up in a new harbour | Summer prices until {day} {month}"""),
    subjects=words("""Night trains from {place} | Cabins by the lake | Guides who grew up here | Ferries to the
        outer islands |
        Old-town guesthouses | Trails above the tree line | Early bookings | Small groups | Harbour cafes"""),
    claims=words("""fill up before the snow melts | include breakfast and a packed lunch | run twice a day in summer |
        know where the locals swim | can be cancelled up to a week ahead | cost half as much in autumn |
        leave from platform four | end with dinner by the water | suit travellers who walk slowly"""),
    facts=words("""The path from {place} climbs {n}0 metres in the first hour. |
        {person} has led the {thing} since {year}. |
        Expect rain in {month} and bring a second pair of shoes. |
        A return ticket costs {n} dollars, bicycles travel free. |
        Rooms face either the market or the sea. |
        The last boat back leaves at {few} in the evening."""),
    actions=words(
        """Check dates | Book trip | See itinerary | View on map | Add travellers | Hold this fare | Ask a
        guide"""
        ""
    ),
    badges=words("Last rooms | New route | Carbon-light | Family | Small group | Free cancel | Solo | Early bird"),
    metrics=words("count:trips led | score:traveller rating | percent:by rail | days:average stay | count:villages"),
    columns=words("place:Departure | thing:Route | date:Date | days:Length | money:Fare | status:Seats"),
    statuses=words("Available | Last seats | Sold out | Delayed | On request"),
    fields=words("Leaving from | Going to | Departure date | Return date | Travellers | Cabin class | Passport name"),
    filters=words(
        """Direct only | Morning | Pets allowed | Breakfast | Sea view | Under 4 hours | Sleeper | Step-free"""
    ),
    roles=words("Mountain guide | Solo traveller | Skipper | Travel writer | Host in {place} | Route planner"),
    prices=(89, 1890, " per person"),
    layouts=words("landing | catalog | detail | listing | magazine | form"),
)

PORTFOLIO = Lexicon(
    brands=words("{person} | Studio {place} | Atelier {place} | {person}"),
    suffixes=words("Design | Photography | Illustration | Architecture | Type | Motion"),
    nav=words("Work | About | Process | Prints | Writing | Contact | Clients | Exhibitions | Shop | Archive"),
    qualities=words("""Quiet | Paper | Second | Concrete | Field | Blue | Northern | Loose | Measured | Folded |
        Invisible |
        Borrowed | Slow"""),
    items=words("""Atlas | Harbour | Alphabet | Pavilion | Portraits | Signage | Posters | Reading Room |
        Identity | Interiors |
        Notebook | Timetable | Stage Set"""),
    kickers=words(
        """Selected work | Case study | {year} | Commission | Personal project | Currently | Notes
        on craft |
        Exhibition"""
        ""
    ),
    headlines=words("""I make things that are easy to use and hard to forget | Drawing {place}, one street at a time |
        Identity for a museum in {place} | {thing}, a study in {n} parts | Design for people in a hurry |
        Available for projects from {month} | Fewer lines, better rooms | {n} portraits in {n2} days"""),
    subjects=words("""Clients | Sketchbooks | Small commissions | The prints in this series | Letterforms |
        Workshops in {place} |
        Early drafts | Site visits | Reviewers"""),
    claims=words("""come back with harder questions | fill a shelf in the studio | begin with a walk | grew out
        of a mistake |
        are made in editions of fifty | reward a second look | deserve the same care as large ones |
        decide the palette | ask for less and get more"""),
    facts=words("""{thing} was shown in {place} in {month} {year}. |
        I worked on it with {person} for {n} weeks. |
        The grid has {n} columns, and we broke it {few} times. |
        Every image was taken within a mile of {street}. |
        It received a silver award in {year}. |
        Prints are made to order on cotton paper."""),
    actions=words(
        """View project | Get in touch | See all work | Download CV | Order a print | Read the essay | Book a
        call"""
        ""
    ),
    badges=words("Branding | Editorial | Web | Print | Spatial | Award | Ongoing | Archive"),
    metrics=words("""count:projects | days:typical project | percent:returning clients | count:exhibitions |
        score:client
        rating"""),
    columns=words("year:Year | thing:Project | place:City | person:Client | money:Budget | status:Stage"),
    statuses=words("Completed | Ongoing | On show | Archived | Sketch"),
    fields=words("Who are you? | Email | Kind of project | Budget range | Ideal start | A few words about it"),
    filters=words("Print | Screen | Spaces | Type | Photography | Teaching | Self-initiated | Awarded"),
    roles=words("Art director | Curator | Client | Illustrator | Architect | Editor"),
    prices=(40, 900, ""),
    layouts=words("portfolio | article | landing | portfolio | detail | magazine"),
)

CORPORATE = Lexicon(
    brands=words("Halden | Vantor | Aldergate | Corvane | Norwick | Ostrava | Brandt | Tessera | Fulcrum | Omnica"),
    suffixes=words("Group | Industries | Holdings | Logistics | Engineering | Partners | Systems | Materials"),
    nav=words("""About | Industries | Sustainability | Investors | Careers | Newsroom | Governance | Suppliers |
        Contact
        | Innovation"""),
    qualities=words("""Industrial | Modular | Low-carbon | Precision | Contract | Cold-chain | Regional |
        Predictive | Circular |
        Marine | Heavy | Automated"""),
    items=words("""Freight Network | Pump Systems | Packaging | Maintenance | Steelworks | Warehousing | Fleet
        Service |
        Test Centre | Control Units | Grid Storage | Bearings | Recycling Plant"""),
    kickers=words("""Investor relations | Our responsibility | Press release | Where we operate | Results {year}
        | Leadership |
        Safety first | Case in point"""),
    headlines=words("""Built to carry the next {n} years | {n} plants, one standard | Our {month} results at a
        glance |
        Cutting emissions by {pct} before {year2} | A new line opens in {place} | Engineering you never notice |
        {person} named head of operations | Safer sites, shorter routes"""),
    subjects=words("""Our sites in {place} | Long-term contracts | Shareholders | Maintenance crews | Suppliers |
        Rail shipments | Apprentices | Spare parts | Energy costs | Safety drills"""),
    claims=words("""are audited by an independent body | grew for the fifth quarter running | support twelve
        thousand jobs |
        reduce downtime by a third | follow one code of conduct | run on renewable power |
        will be extended next year | meet the standard ahead of schedule | pass through three inspections"""),
    facts=words("""Revenue rose {pct} to {big} million in the year to {month}. |
        {person} will present the strategy in {place}. |
        The {thing} division employs {big} people. |
        A dividend of {few} cents a share is proposed. |
        The plant on {street} recycles {pct} of its water. |
        Our first factory opened in {year}."""),
    actions=words("""Download report | View openings | Contact sales | Read the strategy | Meet the board |
        Watch webcast |
        Find a site"""),
    badges=words("Report | Event | Certified | Press | ISO 9001 | Global | Hiring | Updated"),
    metrics=words("""count:employees | money:annual revenue | percent:renewable energy | days:without accident |
        count:patents"""),
    columns=words("place:Site | thing:Division | person:Lead | money:Revenue | percent:Growth | status:Outlook"),
    statuses=words("On track | Ahead | Under review | Delayed | Completed"),
    fields=words(
        """Company | Contact person | Business email | Region | Product of interest | Annual volume | Message"""
    ),
    filters=words("Europe | Asia | Americas | Full time | Remote | Graduate | Engineering | Finance | Operations"),
    roles=words("Chief Executive | Plant manager | Head of Safety | Board member | Finance Director | Apprentice"),
    prices=(1200, 98000, ""),
    layouts=words("landing | directory | article | dashboard | listing | magazine"),
)

SOCIAL = Lexicon(
    brands=words("Commons | Porchlight | Huddle | Nook | Campfire | Treehouse | Plaza | Kindling | Roundtable"),
    suffixes=words("Club | Circle | Forum | Network | Together | Space | Board"),
    nav=words("""Home | Groups | Events | Messages | Discover | Members | Bookmarks | Marketplace | Topics |
        Notifications"""),
    qualities=words("""Beginner | Weekend | Local | Amateur | Vintage | Parent | Night-owl | Remote | Urban |
        Left-handed |
        Sourdough | Retired"""),
    items=words("""Cyclists | Knitters | Gardeners | Chess Players | Readers | Stargazers | Runners | Coders |
        Bakers | Birders |
        Board Gamers | Photographers | Language Partners"""),
    kickers=words(
        """Trending | Pinned post | Suggested for you | New members | Poll | This week | Group of
        the month |
        House rules"""
        ""
    ),
    headlines=words("""What are you making this weekend? | {thing} turn {few} this {month} | Say hello to {n}
        new neighbours |
        Share a photo of your street | The best advice we got in {year} | Meet-up in {place} on {day} {month} |
        Ask the {thing} anything | How to start a group of your own"""),
    subjects=words("""People in this group | Long threads | First posts | Members from {place} | Our moderators |
        Photo challenges | Neighbours on {street} | Questions about tools | Weekly meet-ups"""),
    claims=words("""get a reply within the hour | turn into friendships surprisingly often | stay on topic, mostly |
        are welcome at any level | share what they learned the hard way | keep the tone kind |
        start with a cup of tea | bring out the best stories | grow by a few faces each month"""),
    facts=words("""{person} fixed my {few}-year-old bicycle and refused to be paid. |
        We met at the corner of {street} and talked until dark. |
        I tried the recipe with {n} percent less sugar and nobody noticed. |
        The {thing} now count {big} members. |
        Does anyone in {place} have a ladder to lend? |
        Thank you all for the kind words on {weekday}."""),
    actions=words("Join group | Follow | Write a post | Reply | Invite friends | Send message | Vote now"),
    badges=words("Moderator | New | Verified | Pinned | Event | Question | Popular | Private"),
    metrics=words(
        """count:members | count:posts today | percent:questions answered | days:of streak | score:group rating"""
    ),
    columns=words("thing:Group | count:Members | place:Area | person:Host | date:Founded | status:Access"),
    statuses=words("Open | Invite only | Active | Quiet | Archived"),
    fields=words(
        """Display name | Short bio | Home town | Favourite topics | Profile link | Group name | Who can join"""
    ),
    filters=words("Near me | Unanswered | With photos | My groups | Friends only | This week | Popular | Saved"),
    roles=words("Moderator | Member since {year} | Event host | Group founder | Top contributor | Newcomer"),
    prices=(3, 45, ""),
    layouts=words("feed | listing | directory | landing | feed | form"),
)

ENTERTAINMENT = Lexicon(
    brands=words("Lantern | Paper Moon | Velvet | Nightjar | Encore | Silver Reel | Backlot | Marquee | Static"),
    suffixes=words("Cinema | Records | Theatre | Pictures | Play | Radio | Arena | Nights"),
    nav=words("Now showing | Series | Live | Music | Tickets | Schedule | Podcasts | My list | Reviews | Festivals"),
    qualities=words("""Midnight | Electric | Lost | Crimson | Paper | Second | Northern | Silent | Golden |
        Velvet | Broken | Last |
        Winter | Distant"""),
    items=words("""Orchestra | Harbour | Detectives | Carnival | Signal | Empire | Letters | Kingdom | Echoes |
        Motel | Voyage |
        Garden | Frequency | Parade"""),
    kickers=words("""Premiere | Season {few} | Critics' choice | Tonight at {few} | Behind the scenes | Encore |
        Soundtrack |
        Festival {year} | Staff pick"""),
    headlines=words("""{thing} returns for season {few} | {n} films you missed in {month} | An evening with {person} |
        Live from {place}, all weekend | The story behind {thing} | Front-row seats from {n} dollars |
        Turn the lights down | One band, {n} cities, no sleep"""),
    subjects=words("""Matinees | Fans of the first season | Street musicians from {place} | Critics | Midnight
        screenings |
        The actors | Late tickets | Old recordings | Festival crowds"""),
    claims=words("""laugh in all the right places | sell out within the hour | include a talk with the director |
        sound better than ever | stayed for the credits | were filmed in a single take |
        divide the audience neatly in two | keep the final secret | play to packed rooms"""),
    facts=words("""{person} directs, with music by a quartet from {place}. |
        The running time is {n} minutes longer than the original. |
        Doors open at {few}, and latecomers are seated in the interval. |
        {thing} was shot in {place} over {n} nights. |
        Returned tickets go on sale on {weekday}. |
        It was first broadcast in {year} and rarely since."""),
    actions=words("Buy tickets | Watch trailer | Add to list | Play episode | Choose seats | Rate it | Remind me"),
    badges=words("Premiere | HD | Live | Sold out | 12+ | Subtitled | Award winner | Finale"),
    metrics=words(
        """count:tickets sold | score:audience score | percent:fresh reviews | days:until premiere |
        count:episodes"""
        ""
    ),
    columns=words("thing:Title | place:Venue | date:Date | person:Director | money:Ticket | status:Seats"),
    statuses=words("On sale | Sold out | Few left | Cancelled | Streaming"),
    fields=words(
        """Name on ticket | Number of seats | Preferred row | Performance date | Voucher code | Email for
        tickets"""
        ""
    ),
    filters=words(
        """Drama | Comedy | Documentary | Family | Subtitled | Tonight | Live | Under 90 minutes | Award
        winners"""
        ""
    ),
    roles=words("Director | Film critic | Lead actor | Sound designer | Festival curator | Season ticket holder"),
    prices=(9, 120, ""),
    layouts=words("catalog | landing | detail | listing | magazine | feed"),
)
