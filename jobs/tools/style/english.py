"""The turns of phrase of the English rules. Kept as tables: a new one is one line."""

from __future__ import annotations

IMPORTANCE = """
stand/stands/stood/standing as a/an _? testament to => show/shows/-/showing
serve/serves/served/serving as a/an _? testament to => show/shows/-/showing
stand/stands/stood/standing as testament to => show/shows/-/showing
is/are/was/were a/an _? testament to => shows/show/showed/showed
is/are/was/were testament to => shows/show/showed/showed
testament to
play/plays/played/playing a/an
    crucial/pivotal/vital/key/central/significant/critical/essential/instrumental/fundamental role in
    => play/plays/played/playing a part in
play/plays/played/playing an increasingly _ role in => play/plays/played/playing a growing part in
mark/marks/marked/marking a/an significant/pivotal/major/important/new milestone/shift/moment/turning/chapter/era
underscore/underscores/underscored/underscoring the/its/their/how/a
highlight/highlights/highlighted/highlighting the importance/significance/need of/for
cannot be overstated
can't be overstated
game-changer/game-changers
game-changing
paradigm shift
indelible mark
enduring/lasting legacy/impact/impression/testament
of utmost/paramount/profound importance/significance
profound/profoundly impact/implications/significance/shift/transformation
serve/serves/served/serving as a/an powerful/stark/poignant/constant/timeless/vital/gentle reminder of
    => remind/reminds/reminded/reminding us of
serve/serves/served/serving as a/an powerful/stark/poignant/constant/timeless/vital/gentle reminder that
    => remind/reminds/reminded/reminding us that
stand/stands/stood/standing as a/an _? beacon/symbol/cornerstone/monument/reminder
at the forefront of
pave/paves/paved/paving the way for
forever change/changed/changes/altered
reshape/reshapes/reshaped/reshaping the way/landscape/world/future
redefine/redefines/redefined/redefining what/how/the
transformative power/potential/impact/force/journey
unlock/unlocks/unlocked/unlocking the? full/true/hidden? potential/power/secrets of?
harness/harnesses/harnessed/harnessing the power of => use/uses/used/using
rich cultural? history/tapestry/heritage
unprecedented
^at its core,
from all walks of life
stand/stands/stood the test of time
"""

PROMOTIONAL = """
breathtaking => striking
breathtakingly => strikingly
nestled
bustling => busy
vibrant => lively
cutting-edge => modern
state-of-the-art
groundbreaking => bold
unparalleled
unrivaled/unrivalled
world-class
must-see/must-visit/must-have
captivating => gripping
mesmerizing/mesmerising => striking
awe-inspiring => striking
jaw-dropping => striking
mind-blowing/mind-bending => surprising
revolutionary/revolutionizing/revolutionising
revolutionize/revolutionizes/revolutionized/revolutionise/revolutionises/revolutionised
    => change/changes/changed/change/changes/changed
seamless/seamlessly => smooth/smoothly
unforgettable
boast/boasts/boasted >a/an/the/over/more => have/has/had
hidden gem/gems
treasure trove of
feast for the senses/eyes
stunning views/vistas/beauty/landscapes/array
renowned for => known for
captivate/captivates/captivated audiences/viewers/readers/imaginations/us
endless possibilities/opportunities
limitless potential/possibilities
"""

VOCABULARY = """
delve/delves/delved/delving into => dig/digs/dug/digging into
delve/delves/delved/delving deeper into => dig/digs/dug/digging deeper into
delve/delves/delved/delving
tapestry/tapestries
multifaceted => complex
realm/realms of
intricate dance/tapestry/web/interplay/balance
intricate => complex
intricacies/intricacy => details/detail
interplay between/of
meticulous/meticulously => careful/carefully
pivotal => important
embark/embarks/embarked/embarking on
embrace/embraces/embraced/embracing the power/future/possibilities/change/challenge/opportunity/opportunities
foster/fosters/fostered/fostering >a/an/the/greater/deeper/innovation/collaboration/growth/creativity
    => encourage/encourages/encouraged/encouraging
ever-evolving/ever-changing/ever-expanding => changing/changing/growing
fast-paced => quick
ever-evolving landscape/world of => changing field of
navigate/navigates/navigated/navigating the complexities/challenges/landscape/intricacies/complex/world of
beacon of
symphony of
kaleidoscope of
labyrinth of
plethora of
myriad of
a plethora/myriad of => plenty of
quintessential
holistic
synergy/synergies
resonate/resonates/resonated/resonating deeply? with
elevate/elevates/elevating >your/our/the/their/every => improve/improves/improving
unleash/unleashes/unleashing
showcase/showcases/showcased/showcasing >the/its/their/his/her/our/how/a/an => present/presents/presented/presenting
garner/garners/garnered/garnering >attention/praise/support/significant/widespread/a/the => get/gets/got/getting
bolster/bolsters/bolstered/bolstering => strengthen/strengthens/strengthened/strengthening
spearheaded/spearheading => led/leading
paramount => vital
transcend/transcends/transcended/transcending boundaries/time/mere/the/borders
digital landscape/age/realm
crucible
commendable
underpin/underpins/underpinning the/our
nuanced understanding/approach/perspective/view
dance/dances/dancing between
whisper/whispers/whispering of
weave/weaves/weaving/woven together
"""

OVERWORKED = """
robust => solid
comprehensive => full
crucial => important
vital role
leverage/leverages/leveraged/leveraging >the/our/your/their/its/this/these/a/an/existing/advanced
    => use/uses/used/using
utilize/utilizes/utilized/utilizing/utilise/utilises/utilised/utilising => use/uses/used/using/use/uses/used/using
utilization/utilisation of => use/use of
facilitate/facilitates/facilitated/facilitating => help/helps/helped/helping
enhance/enhances/enhanced/enhancing => improve/improves/improved/improving
innovative
dynamic world/landscape/environment
significant/significantly impact/advancements/advantages
streamline/streamlines/streamlined/streamlining
empower/empowers/empowered/empowering
optimal => best
a wide range/array/variety of => all kinds of
a diverse range/array of => all kinds of
serves as >a/an/the => is
serve/served/serving as >a/an/the
truly remarkable/unique/special/exceptional/transformative/extraordinary
incredibly/remarkably/extraordinarily >important/powerful/complex/diverse/versatile/valuable => very
valuable insights/lessons/resource/tool
deep dive into
invaluable
journey of/toward/towards discovery/growth/exploration/transformation/self-discovery
"""

HEDGES = """
it is important/worth/essential/crucial/vital/interesting/necessary to
    note/noting/mention/mentioning/remember/recognize/recognise/understand/acknowledge that =>
it is worth noting/mentioning/remembering/pointing that =>
it's important/worth/essential/crucial/vital/interesting/necessary to
    note/mention/remember/recognize/recognise/understand/acknowledge that =>
it's worth noting/mentioning/remembering that =>
it should be noted that =>
it is important/essential/crucial/vital to approach/consider/strike
^it's important/essential/crucial/vital to approach/consider/strike
^that being said, =>
^having said that, =>
^with that being? said, =>
^generally speaking, =>
may vary depending on
can vary depending on
^while there is no one-size-fits-all
one-size-fits-all
by and large
to a certain extent
both advantages/opportunities/benefits and challenges/drawbacks/disadvantages
presents/present both
a delicate balance
strike/strikes/striking a balance between
double-edged sword
a nuanced topic/issue/question/subject
"""

OPENERS = """
^in today's _? world, =>
^in today's _, _ world/society/age/era/landscape/market/environment, =>
^in today's _ _? world/society/age/era/landscape/market/environment, =>
^in today's _? age/era/society, =>
in today's _ world/society/age/era/landscape/market/environment
^in the ever-evolving/ever-changing/fast-paced/dynamic/vast/bustling/digital _? _? of
in an era of/where
in an age of/where
in a world where
^imagine a world where/in
^picture this
^let's dive/delve/jump right? in
^let's dive/delve/jump deep/deeper? into
^let's take a deep dive into
^let's explore
^let's unpack
^buckle up
^have you ever wondered/stopped
^when it comes to
^welcome to the world of
^join us as we
^in this video/article/episode/guide/post, we'll explore/delve/uncover/dive/unravel/embark
^in this video/article/episode/guide/post, we will explore/delve/uncover/dive/unravel/embark
^throughout history,
^since the dawn of
^from the dawn of
^ah, the
^get ready to
^step into a/the world
embark/embarks/embarked/embarking on a/an/this _? journey
we will explore the fascinating/intriguing/captivating
the fascinating/captivating world of => the world of
"""

CLOSERS = """
^in conclusion, =>
^in summary, =>
^in essence, =>
^to sum up, =>
^to summarize/summarise, =>
^all in all, =>
^ultimately, =>
^at the end of the day, =>
^overall,
the possibilities are endless/limitless
only time will tell
one thing is clear/certain
as we look to/toward/towards the future
as we move forward
as we continue to explore/navigate/push/unravel/discover
the future of _ _? is/looks bright/exciting/promising
^so, the next time you
^so the next time you
^so, what are you waiting for
^so what are you waiting for
^remember, the
^whether you're a/an _ _? or a/an
whether you are a/an seasoned/beginner/professional/novice
the journey is just beginning
the best is yet to come
^and who knows
a future where/in
continue/continues to inspire/captivate/shape/evolve/fascinate
a brighter/better/more _ future for
for generations to come
"""

ATTRIBUTION = """
experts say/believe/agree/argue/suggest/warn/predict
many experts/scientists/researchers/people/scholars/historians/critics say/believe/agree/argue/suggest/think
some experts/scientists/researchers/scholars/historians/critics say/believe/argue/suggest
some say/argue
studies show/suggest/have/indicate shown?
research shows/suggests/indicates
science tells/says us?
critics argue/say
scholars argue/suggest
observers note/say/argue
it is widely/often/generally believed/regarded/considered/said/known/accepted
it is said that
is/are/was widely/often regarded/considered/seen/recognized/recognised as
industry reports/experts/insiders/observers suggest/say/agree/indicate
according to experts/studies/research/scientists
"""

LEFTOVERS = """
as an ai language? model?
as a large? language model
^certainly! here
^sure! here
^sure, here
^sure, here's
^of course! here
^absolutely! here
^here's a/an/the revised/rewritten/improved/polished/updated/refined/engaging version/script/draft
^here is a/an/the revised/rewritten/improved/polished/updated/refined/engaging version/script/draft
^here's a script/draft/revision
as of my last/latest/knowledge update/training/cutoff
my knowledge cutoff
my training data
i cannot browse/access the? internet?
i don't have access/personal to? real-time/opinions/feelings/experiences
i hope this script/draft/version/revision helps/captures/meets
would you like me to
let me know if you'd like me/any/to
let me know if you would like me/any/to
let me know if you want me/any to
i can help you with that
^great question!
i'm happy to help
i'd be happy to
"""

TRANSITIONS = """
^moreover, =>
^furthermore, =>
^additionally, => also,
^in addition, => also,
^consequently, => so
^nevertheless, => still,
^nonetheless, => still,
^subsequently, => then
^notably, =>
^importantly, =>
^more importantly, =>
^interestingly, =>
^interestingly enough, =>
^similarly,
^first and foremost, =>
^last but not least, =>
"""
