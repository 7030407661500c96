"""Vocabularies of domains that sell: e-commerce, software, finance, food, real estate."""

from pairgen.composer.lexicon import Lexicon, words

E_COMMERCE = Lexicon(
    brands=words("""Fernhill | Oak & Thread | Lumen | Saltbox | Kindred | Marlow | Tidewater | Copperleaf |
        Hearthside |
        Wren"""),
    suffixes=words("Goods | Supply | & Co. | Market | Outfitters | Home | Trading | Studio"),
    nav=words(
        """New in | Kitchen | Bedroom | Outdoor | Lighting | Sale | Gifts | Textiles | Workshop | Journal |
        Storage"""
        ""
    ),
    qualities=words("""Ribbed | Hand-thrown | Brushed | Recycled | Linen | Walnut | Enamel | Quilted | Woven |
        Smoked |
        Speckled | Folding | Cast-iron | Merino | Waxed | Matte | Striped | Oiled"""),
    items=words("""Wool Throw | Table Lamp | Serving Bowl | Field Jacket | Pour-over Kettle | Side Table | Bath
        Towel |
        Tote Bag | Wall Clock | Plant Stand | Chef Knife | Storage Basket | Desk Tray | Floor Cushion | Rain Boots |
        Picnic Blanket | Candle Holder | Cutting Board"""),
    kickers=words("""Autumn collection | Back in stock | Made to last | Editor's shelf | Small batch | Free returns |
        Under one roof | Weekend offer | Workshop notes | Last pieces"""),
    headlines=words("""Things worth keeping for a lifetime | Slow-made pieces for a busy home |
        Back again: the {thing} |
        Everything for the {month} table | A warmer room by {month} | {n} new arrivals from {place} |
        Save {pct} on the whole kitchen | Gifts that get used every day | Meet the makers of {place}"""),
    subjects=words("""Our weavers in {place} | The oak boards in this range | Most of our lamps | Returned parcels |
        The new ceramics | Natural dyes | Repairs and spare parts | Customers who order before noon | These
        fabrics"""),
    claims=words("""hold their shape and colour | leave the warehouse on the same day | are checked by hand |
        carry a ten-year promise | soften with each wash | travel in boxes made of paper | come with a care card |
        outlast cheaper versions by a wide margin | find a second home through our resale shelf"""),
    facts=words("""Each {thing} is numbered and signed by the person who finished it. |
        Delivery is free above {n} dollars and takes about {few} days. |
        We visited the mill near {place} in {month} and kept every offcut. |
        A spare {thing} part can be ordered for at least {n} years. |
        {person} drew the first pattern on the back of an invoice. |
        Wash at 30 degrees, dry in the shade and store it folded."""),
    actions=words(
        """Add to basket | View details | Shop the range | Compare | Save for later | Check delivery | Choose
        size"""
        ""
    ),
    badges=words("New | Bestseller | Low stock | Organic | Final sale | Limited | Exclusive | Pre-order"),
    metrics=words("""count:orders shipped | score:average rating | percent:repeat buyers | days:for easy returns |
        count:makers"""),
    columns=words("thing:Product | count:In stock | place:Warehouse | date:Restocked | money:Price | status:State"),
    statuses=words("In stock | Running low | Sold out | On order | Reserved"),
    fields=words("""Full name | Delivery address | Postcode | Phone number | Gift message | Discount code | Email for
        receipt"""),
    filters=words("""Under 50 dollars | Free delivery | Made in Europe | Solid wood | Cotton | Wool | Ships today |
        Gift wrapped | Four stars and up | Second hand"""),
    roles=words("Verified buyer | Potter | Store manager | Textile designer | Carpenter | Stylist"),
    prices=(18, 240, ""),
    layouts=words("catalog | landing | detail | magazine | form | listing"),
)

SAAS = Lexicon(
    brands=words("""Relay | Stackwise | Northbeam | Quill | Pulsegrid | Anchorpoint | Tandem | Loopline |
        Basecamp Nine |
        Deskly"""),
    suffixes=words("Cloud | HQ | Labs | Flow | Works | Desk | Suite | IO"),
    nav=words("""Product | Pricing | Docs | Changelog | Customers | Integrations | Status | Templates | Security |
        Community"""),
    qualities=words("""Shared | Automatic | Real-time | Scheduled | Private | Nested | Smart | Offline | Team |
        Audit-ready |
        Custom | Weekly | Encrypted | Visual | Two-way | Inline"""),
    items=words("""Inbox | Dashboards | Approvals | Backups | Calendar Sync | Release Notes | Webhooks | Workspaces |
        Incident Reports | Time Tracking | Form Builder | Access Rules | Data Export | Roadmaps | Search | Alerts"""),
    kickers=words("""Now in beta | For growing teams | Platform | Release {few}.{n} | Built for operators | Case
        study |
        Developer preview | Under the hood | Workflow | Plans and limits"""),
    headlines=words("""Ship the update, skip the meeting | One calm place for every request | {thing} without
        the spreadsheet |
        Know what broke before your users do | The quiet way to run a team of {n} | Plan {month} in an afternoon |
        Close tickets {pct} faster | From first sketch to release in {n} days"""),
    subjects=words("""Teams on the free plan | Our connectors | Nightly jobs | Comments and mentions | Shared views |
        Engineers in {place} | Access tokens | Large imports | Admins with more than {n} seats"""),
    claims=words("""run on the same infrastructure as paid accounts | stay in sync across time zones | finish in
        seconds |
        leave a trail that auditors can follow | retry on their own | replace a dozen browser tabs |
        respect every permission already set | reach the right person the first time | scale past a million rows"""),
    facts=words("""Version {few}.{n} halves the memory used by {thing}. |
        Every workspace is backed up every {few} hours and kept for {n} days. |
        {person} moved {n} projects over in a single weekend. |
        The command palette now opens {thing} with two keystrokes. |
        No credit card is needed for the first {n} days. |
        Uptime over the last quarter was 99.9{few} percent."""),
    actions=words("""Start free trial | Book a demo | Read the docs | Invite teammates | Open dashboard |
        Upgrade | Try it
        live"""),
    badges=words("Beta | New | Deprecated | Recommended | SOC 2 | Enterprise | Popular | Early access"),
    metrics=words("""count:requests a minute | percent:less manual work | score:on review sites | days:average
        rollout |
        count:active teams"""),
    columns=words(
        """thing:Service | person:Owner | date:Last deploy | percent:Error budget | count:Calls | status:Health"""
    ),
    statuses=words("Operational | Degraded | Paused | Queued | Failing"),
    fields=words("Work email | Company name | Team size | Workspace address | Job title | Referral code | Time zone"),
    filters=words(
        """Assigned to me | Due this week | Unread | Archived | High priority | Has comments | Blocked | In
        review"""
        ""
    ),
    roles=words("Head of Operations | Staff Engineer | Product Lead | Support Manager | Founder | Data Analyst"),
    prices=(9, 149, "/month"),
    layouts=words("landing | dashboard | pricing | article | form | listing"),
)

FINANCE = Lexicon(
    brands=words("""Sterling | Meridian | Harborline | Granite | First Acorn | Bluestone | Keystone | Alder |
        Crescent |
        Provident"""),
    suffixes=words("Bank | Capital | Credit Union | Savings | Wealth | Trust | Partners | Mutual"),
    nav=words(
        """Accounts | Loans | Investing | Cards | Mortgages | Insurance | Insights | Rates | Branches |
        Business"""
        ""
    ),
    qualities=words("""Fixed-rate | Everyday | Balanced | Index | Instant-access | Green | Junior | Flexible |
        Secured |
        Sustainable | Low-fee | Inflation-linked | Dividend | Global"""),
    items=words("""Savings Account | Mortgage | Bond Fund | Travel Card | Pension Plan | Equity Fund | Overdraft |
        Business Loan | Term Deposit | Car Loan | Cash Reserve | Share Plan | Retirement Fund"""),
    kickers=words("""Market brief | Rates from {month} | Protected deposits | Members only | Quarterly letter |
        Know your costs | Fraud watch | Portfolio review | Plain terms"""),
    headlines=words("""Money that works while you sleep | A mortgage you can explain to a friend | {pct} on your
        first year of savings |
        Borrow less, borrow better | What {month} means for your pension | Open the {thing} in {n} minutes |
        Calm advice for nervous markets | Where our members invest in {place}"""),
    subjects=words("""Savers under thirty | Fixed rates | Our advisers in {place} | Households with two incomes |
        Index funds | Small business loans | Foreign transfers | Deposits up to the legal limit | Bond markets"""),
    claims=words("""earn interest from the first day | are reviewed twice a year | cost less than they did in {year} |
        move with the base rate | remain protected in full | can be settled early without a fee |
        have outpaced prices so far | settle within one working day | show up in one plain statement"""),
    facts=words("""The {thing} pays {few}% gross, variable, on balances up to {big} dollars. |
        {person} joined the investment committee in {month} {year}. |
        Last quarter, members in {place} paid off {n} loans ahead of time. |
        Values can fall as well as rise, and past returns promise nothing. |
        A card lost abroad is replaced within {few} days. |
        Fees are shown in dollars before you agree to anything."""),
    actions=words("""Open account | Check my rate | Talk to an adviser | Transfer funds | Download statement |
        Compare rates
        | Apply now"""),
    badges=words("Protected | No fee | Fixed | Variable | High yield | Members | Pending | Verified"),
    metrics=words("""money:assets under care | percent:annual yield | count:members served | days:to approval |
        score:customer trust"""),
    columns=words("date:Date | thing:Description | place:Branch | money:Amount | percent:Change | status:Status"),
    statuses=words("Cleared | Pending | Declined | Scheduled | Refunded"),
    fields=words("""Account holder | Sort code | Amount to borrow | Monthly income | Date of birth | Employment
        status |
        Purpose of loan"""),
    filters=words("Low risk | Medium risk | Income | Growth | Ethical | Short term | Long term | No lock-in"),
    roles=words("""Portfolio Manager | Mortgage Adviser | Chief Economist | Branch Lead | Member since {year} | Tax
        Specialist"""),
    prices=(250, 48000, ""),
    layouts=words("dashboard | landing | listing | form | article | pricing"),
)

FOOD = Lexicon(
    brands=words("""Olive & Ember | Little Anchovy | Basil Street | Copper Pot | Saffron | Nonna Pia | The
        Salted Pear |
        Juniper | Umami"""),
    suffixes=words("Kitchen | Table | Bistro | Canteen | Bakery | Eatery | Taproom | Cafe"),
    nav=words("""Menu | Reserve | Our story | Catering | Wine list | Gift vouchers | Recipes | Private dining |
        Breakfast
        | Order online"""),
    qualities=words("""Charred | Slow-roasted | Pickled | Brown-butter | Smoked | Crispy | Wild | Miso | Lemon |
        Honeyed |
        Stone-baked | Braised | Cardamom | Garlic | Toasted"""),
    items=words("""Aubergine | Lamb Shoulder | Fennel Salad | Sourdough | Mushroom Broth | Sea Bream | Potato Gratin |
        Almond Cake | Ricotta Dumplings | Carrot Soup | Pork Belly | Rice Bowl | Plum Tart | Chickpea Stew |
        Squash Risotto"""),
    kickers=words("""From the grill | Small plates | Chef's counter | Sunday lunch | In season | Sweet endings |
        Kitchen notes | Tonight only | Baked this morning"""),
    headlines=words("""Supper the way {place} remembers it | Cooked over fire, served with patience | A table
        for {few} by the window |
        The {month} tasting menu is here | Bread worth crossing town for | {thing}, and other small joys |
        Nine courses, one long evening | Lunch in under {n} minutes"""),
    subjects=words("""Our growers near {place} | The pickles on every plate | Weekend brunches | Pastries and loaves |
        Shared plates | Guests at the counter | The herbs in the yard | Vegetarian dishes | Wines by the glass"""),
    claims=words("""change with what the market brings | start on the stove before dawn | go quickly on Fridays |
        taste best eaten with your hands | are made from scratch | come with bread and good butter |
        feed two hungry people | make up half of the menu | keep the kitchen honest"""),
    facts=words("""{person} learned to make {thing} from a neighbour in {place}. |
        The oven reaches {n}0 degrees and never quite cools down. |
        Tell us about allergies when you book and we will cook around them. |
        We bake {n} loaves a day and give the rest away at closing. |
        Rest the dough overnight, then fold it {few} times. |
        The kitchen closes at ten, the bar a little later."""),
    actions=words(
        """Book a table | See the menu | Order now | Add to order | View recipe | Plan an event | Send a
        voucher"""
        ""
    ),
    badges=words("Vegan | Spicy | Gluten free | Chef's pick | Seasonal | House-made | Contains nuts | Half portion"),
    metrics=words(
        """count:plates a week | score:from diners | percent:local produce | days:dough resting | count:recipes"""
    ),
    columns=words("thing:Dish | money:Price | count:Calories | person:Cook | date:Added | status:Tonight"),
    statuses=words("Available | Sold out | Lunch only | New today | Last few"),
    fields=words(
        """Name of guest | Number of guests | Preferred date | Arrival time | Allergies | Occasion | Seating
        wish"""
        ""
    ),
    filters=words("""Vegetarian | Vegan | No gluten | Small plates | Under 20 dollars | Shellfish | From the
        oven | For
        children"""),
    roles=words("Head Chef | Food critic | Pastry Chef | Regular guest | Sommelier | Farmer"),
    prices=(7, 64, ""),
    layouts=words("listing | landing | catalog | article | form | portfolio"),
)

REAL_ESTATE = Lexicon(
    brands=words("""Threshold | Gable & Lane | Hillcrest | Cornerstone | Brickyard | Parkside | Lantern |
        Havenly | Kestrel
        | Mason"""),
    suffixes=words("Homes | Estates | Realty | Lettings | Properties | Living | Residences | Agents"),
    nav=words("""Buy | Rent | Sell | New homes | Valuation | Areas | Agents | Mortgage help | Open houses | Saved
        searches"""),
    qualities=words("""Sunny | Restored | Two-bedroom | Garden | Corner | Riverside | Detached | Loft-style |
        Terraced |
        Split-level | Period | Top-floor | Converted | Family"""),
    items=words("""Apartment | Cottage | Townhouse | Bungalow | Studio | Maisonette | Farmhouse | Duplex | Villa
        | Mill House |
        Penthouse | Chapel | Mews House"""),
    kickers=words("""Just listed | Open this Sunday | Price reduced | Neighbourhood guide | Sold in {few} days |
        Off-market |
        For first-time buyers | Agent's choice"""),
    headlines=words("""Find the street before the house | A {thing} with morning light | Homes in {place} under
        {n}0,000 dollars |
        Move in before {month} | What {n} square metres can do | Selling in {place}, step by step |
        Quiet roads, short commutes | Rent with no surprises"""),
    subjects=words("""Buyers from the city | Houses near the station | South-facing gardens | Viewings on weekdays |
        Older buildings | Landlords in {place} | Well-kept kitchens | Ground-floor flats | Our valuers"""),
    claims=words("""sell in about {n} days | keep their value in slow years | draw more than one offer |
        need less heating than you might think | come with clear paperwork | are photographed in daylight |
        attract families with dogs | set the price for the whole street | rarely stay empty for long"""),
    facts=words("""The {thing} stands on a plot of {n}0 square metres near {street}. |
        {person} has sold homes around {place} since {year}. |
        Schools, shops and the tram stop lie within {few} minutes on foot. |
        The roof was renewed in {year} and the wiring a little later. |
        Council tax and service charge are listed on the last page. |
        Parking for {few} cars comes with the lease."""),
    actions=words("""Book a viewing | Request details | Get a valuation | Call the agent | Save home | View
        floor plan | Make
        an offer"""),
    badges=words("New | Reduced | Sold | Under offer | Garden | Parking | Pets welcome | Chain free"),
    metrics=words("""count:homes listed | days:average time to sell | percent:of asking price | score:from sellers |
        count:viewings"""),
    columns=words("address:Address | money:Price | count:Floor area | date:Listed | person:Agent | status:Status"),
    statuses=words("For sale | Under offer | Sold | To let | Withdrawn"),
    fields=words("""Your name | Preferred area | Maximum budget | Bedrooms needed | Moving date | Mobile number
        | Property
        to sell"""),
    filters=words(
        """Garden | Balcony | Garage | Lift | Near a school | Furnished | Pets allowed | Ground floor | Solar
        roof"""
        ""
    ),
    roles=words("Senior Agent | Lettings Manager | Valuer | Sold in {year} | First-time buyer | Surveyor"),
    prices=(184000, 965000, ""),
    layouts=words("catalog | detail | landing | listing | form | magazine"),
)
