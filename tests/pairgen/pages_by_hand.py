"""Pages written by hand, on which the truth of a snapshot is known."""

from pairgen.records import Page

BAKERY = """<!doctype html><html lang="en"><head><style>
* { box-sizing: border-box } body { margin: 0; font-family: Inter, "Noto Sans", sans-serif; color: #111827 }
header { display: flex; justify-content: flex-start; gap: 16px; padding: 16px; background: #eef2ff; height: 64px }
.card { border: 1px solid #d1d5db; border-radius: 8px; margin: 24px; padding: 24px; width: 480px; height: 240px }
.card h2 { margin: 0 0 8px; font-size: 24px; font-weight: 700; line-height: 32px }
.card p { margin: 0; font-size: 16px; line-height: 24px }
.button { display: inline-block; margin-top: 16px; padding: 8px 16px; background: #2563eb; color: white;
  border-radius: 6px }
.banner { background-image: linear-gradient(90deg, #2563eb, #9333ea); color: white; margin: 24px; height: 120px }
.cut { overflow: hidden; width: 100px; height: 40px; margin: 24px } .cut div { width: 300px; height: 30px }
.under { position: absolute; left: 700px; top: 100px; width: 200px; height: 100px; background: #fde68a }
.over { position: absolute; left: 700px; top: 100px; width: 200px; height: 50px; background: #fca5a5 }
</style></head><body>
<header><a href="#">Home</a><a href="#">Breads</a></header>
<div class="card"><h2>Rye and barley</h2>
<p>Baked at four each morning in a stone oven, from flour that the mill across the river grinds for us on Mondays and
Thursdays.</p><a class="button" href="#">Order a loaf</a></div>
<div class="banner"><span>Open on Sundays</span></div>
<div class="cut"><div>One line of text</div></div>
<div class="under">Under</div><div class="over">Over</div>
<script>document.querySelector('h2').textContent = 'scripts ran'</script>
<img src="http://example.com/tracker.png" alt="">
</body></html>"""


def bakery() -> Page:
    return Page(page_id="by-hand/bakery", domain="food/restaurant", html=BAKERY)
