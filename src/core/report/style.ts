/** The style sheet of the page. Colours are variables: light, dark by the system or by the button, and for print. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fbfbfd;--card:#fff;--ink:#1c2230;--dim:#5a6375;--line:#dfe3ea;--band:#f1f3f8;--pick:#e3ebff;--accent:#2b50c8;--error:#b3172d;--warn:#8a5200;--note:#3d5a80;--ok:#17663a;--system:#6b3fa0;--group:#1d5fa8;--private:#a6295b;--odd:#8a5200;--quiet:#5a6375;--mark:#ffe58a;--markink:#332800;--tint:#fff0f1}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){--bg:#12151c;--card:#191d26;--ink:#e6e9f0;--dim:#a0a9bb;--line:#303746;--band:#1f2430;--pick:#26345c;--accent:#9db4ff;--error:#ff9aa6;--warn:#f2bd6b;--note:#9fc3ea;--ok:#86d9a5;--system:#cbaaf5;--group:#92c2f7;--private:#ff9fc4;--odd:#f2bd6b;--quiet:#a0a9bb;--mark:#6b5500;--markink:#fff3c4;--tint:#35202a}}
@media screen{:root[data-theme=dark]{color-scheme:dark;--bg:#12151c;--card:#191d26;--ink:#e6e9f0;--dim:#a0a9bb;--line:#303746;--band:#1f2430;--pick:#26345c;--accent:#9db4ff;--error:#ff9aa6;--warn:#f2bd6b;--note:#9fc3ea;--ok:#86d9a5;--system:#cbaaf5;--group:#92c2f7;--private:#ff9fc4;--odd:#f2bd6b;--quiet:#a0a9bb;--mark:#6b5500;--markink:#fff3c4;--tint:#35202a}}
:root[data-theme=light]{color-scheme:light}
*{box-sizing:border-box}
html{scroll-padding-top:3.2rem}
body{margin:0;background:var(--bg);color:var(--ink);font:14px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif}
code,pre,.wire,.mono{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px}
.wire,code{overflow-wrap:anywhere}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-99em}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.4rem .8rem;z-index:9}
.top{display:flex;gap:1rem;justify-content:space-between;align-items:flex-start;padding:1.2rem 1.6rem .6rem}
h1{font-size:1.15rem;margin:0;font-weight:650}
h2{font-size:1.05rem;margin:0 0 .6rem}
h3{font-size:.95rem;margin:0 0 .4rem;overflow-wrap:anywhere}
.source{margin:.1rem 0 0;color:var(--dim)}
.redacted{display:inline-block;margin:.4rem 0 0;padding:.1rem .6rem;border:1px solid var(--line);border-radius:1rem;color:var(--dim)}
nav{position:sticky;top:0;z-index:5;background:var(--bg);border-bottom:1px solid var(--line);padding:0 1.6rem}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;list-style:none;margin:0;padding:.5rem 0}
nav a{text-decoration:none}nav a:hover{text-decoration:underline}
main{padding:.4rem 1.6rem 3rem;outline:0}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1.1rem 1.3rem;margin:1rem 0}
p{margin:.3rem 0}
.headline{font-size:1.75rem;line-height:1.25;font-weight:680;letter-spacing:-.01em;margin:0;color:var(--ok)}
.headline.grave{color:var(--error)}
.subline{color:var(--dim);font-size:1rem;margin:.2rem 0 1rem}
.tiles{display:flex;flex-wrap:wrap;gap:.4rem 2.4rem;margin:0 0 1rem}
.tiles div{display:flex;flex-direction:column-reverse}
.tiles dt{color:var(--dim)}.tiles dd{margin:0;font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums}
figure{margin:0}figcaption{color:var(--dim);margin-bottom:.3rem}
.classes svg{display:block;width:100%;height:12px;border-radius:6px}
.classes ul,.codes,.tally,.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;list-style:none;margin:.5rem 0 0;padding:0}
.codes{display:block;margin-bottom:.6rem}.tally,.legend{margin-bottom:.8rem}
.legend li{display:flex;align-items:center;gap:.3rem;color:var(--dim)}
.chip{display:inline-block;min-width:3.4em;padding:0 .45em;border-radius:4px;border:1px solid currentColor;font-size:11.5px;font-weight:600;text-align:center;white-space:nowrap}
.tone-system{color:var(--system)}.tone-group{color:var(--group)}.tone-private{color:var(--private)}.tone-odd{color:var(--odd)}.tone-quiet{color:var(--quiet)}
.fill-system{fill:var(--system)}.fill-group{fill:var(--group)}.fill-private{fill:var(--private)}.fill-odd{fill:var(--odd)}.fill-quiet{fill:var(--quiet)}
.result-pass{color:var(--ok)}.result-violation{color:var(--error)}.result-info{color:var(--note)}.result-unknown,.result-none{color:var(--dim)}
.code{font-weight:650;white-space:nowrap}.error{color:var(--error)}.warn{color:var(--warn)}.note{color:var(--note)}.chat,.dim,.more{color:var(--dim)}
.wrong{color:var(--error);font-weight:600}
.cause{margin:1rem 0 0}
.wide{overflow:auto;max-width:100%;max-height:min(72vh,760px)}.wide thead th{position:sticky;top:0;background:var(--card);box-shadow:0 1px var(--line);z-index:1}
.said{white-space:pre-line}.short{white-space:nowrap}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.32rem .9rem .32rem 0;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--dim);font-weight:500;white-space:nowrap;vertical-align:bottom}
tbody th{font-weight:600;white-space:nowrap}
.number{text-align:right;font-variant-numeric:tabular-nums}
.edits tbody th{white-space:normal;max-width:22rem;font-weight:400}.edits .what{color:var(--dim);overflow-wrap:anywhere}
del{color:var(--error);text-decoration-thickness:1px}ins{color:var(--ok);text-decoration:none}
.timing,.axis{max-width:none}.chains td{white-space:nowrap}.chains .what{max-width:17rem;overflow:hidden;text-overflow:ellipsis}
.axis{display:block}.axis text{font-size:9.5px;fill:var(--dim)}
.timing{display:block}.tick{stroke:var(--line)}.span{stroke:var(--dim)}.sent{fill:var(--ink)}
.mark.response{fill:var(--ok)}.mark.report{fill:var(--group)}.mark.delivered{fill:var(--system)}.mark.displayed{fill:var(--odd)}.mark.bad{fill:var(--card);stroke:var(--error);stroke-width:2}
.lost{fill:var(--error);font-size:12px;text-anchor:middle}
details summary{cursor:pointer;color:var(--accent)}
button,input{font:inherit;color:inherit}
button{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.15rem .7rem;cursor:pointer;white-space:nowrap}
button:hover{background:var(--band)}button[aria-pressed=true]{background:var(--pick);border-color:var(--accent)}
#tools{display:flex;flex-wrap:wrap;gap:.5rem .6rem;align-items:center;margin-bottom:.6rem}
#tools[hidden]{display:none}
#tools input{flex:1 1 28rem;min-width:10rem;background:var(--bg);border:1px solid var(--dim);border-radius:6px;padding:.25rem .6rem}
#tools output{color:var(--dim);min-width:9rem}#tools .fault{color:var(--error)}
#tools .group{display:flex;flex-wrap:wrap;gap:.3rem}
#split{display:grid;grid-template-columns:minmax(0,1.55fr) minmax(20rem,1fr);gap:1rem;align-items:start}
#ladder-view{position:relative;height:min(74vh,860px);overflow:auto;border:1px solid var(--line);border-radius:8px;background:var(--bg)}
#ladder-view:empty{display:none}
#ladder-view .space{position:relative;width:1px}
#ladder-view svg{position:absolute;left:0;top:0;display:block;user-select:none;outline:0}
#ladder-view text{font-size:12px;fill:var(--ink)}#ladder-view .num,#ladder-view .time,#ladder-view .end{fill:var(--dim);font-variant-numeric:tabular-nums}
#ladder-view .end{font-size:11px}
#ladder-view .row{cursor:pointer}#ladder-view .row .back{fill:transparent}#ladder-view .row.diverges .back{fill:var(--tint)}#ladder-view .row:hover .back{fill:var(--band)}#ladder-view .row[aria-selected=true] .back{fill:var(--pick)}
#ladder-view .band .back{fill:var(--band)}#ladder-view .band text{font-weight:600}#ladder-view .band .end{font-weight:400}
#ladder-view .life{stroke:var(--line)}
#ladder-view .arrow{stroke:currentColor;stroke-width:1.4;fill:none}#ladder-view .reply{stroke-dasharray:4 3}#ladder-view .head{fill:currentColor}
#ladder-view .tag{font-size:11px;paint-order:stroke;stroke:var(--bg);stroke-width:4px;stroke-linejoin:round;text-anchor:middle}
#ladder-view .class{font-size:11px;font-weight:650;fill:currentColor}#ladder-view .code{fill:currentColor;font-size:11px}
#ladder-view .plain{color:var(--dim)}
#ladder-view .sum{fill:var(--dim)}
#ladder-view .current .back{stroke:var(--accent)}
#details{max-height:min(74vh,860px);overflow:auto;padding:0 .4rem 0 .2rem}
#details h3{font-size:1rem;margin-bottom:.1rem}#details h4{margin:.9rem 0 .2rem;font-size:.85rem;color:var(--dim);font-weight:600}
#details ul{margin:.2rem 0;padding-left:1.1rem}#details li.point{margin-left:1rem;list-style:circle;color:var(--dim)}
#details pre{background:var(--band);border-radius:6px;padding:.6rem .7rem;margin:.3rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
mark{background:var(--mark);color:var(--markink);border-radius:2px;padding:0 1px}
@media (max-width:1000px){#split{grid-template-columns:minmax(0,1fr)}#details{max-height:none}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
#ladder-view .sheets svg{position:static;height:auto}
@media print{:root{color-scheme:light;--bg:#fff;--card:#fff;--ink:#000;--dim:#444;--line:#ccc;--band:#f3f3f3;--pick:#fff;--accent:#000;--error:#9d0018;--warn:#6d4100;--note:#2b4566;--ok:#0c5029;--system:#53308a;--group:#174a86;--private:#8a1a48;--odd:#6d4100;--quiet:#444;--mark:#ffe58a;--markink:#000;--tint:#fff}body{font-size:11px}code,pre,.wire,.mono{font-size:9.5px}.headline{font-size:1.5rem}th,td{padding:.2rem .6rem .2rem 0}.chains .what{min-width:9rem}nav,#tools,#theme,.skip,.hint{display:none!important}section{border:0;padding:0;break-inside:auto}tr,li{break-inside:avoid}#split{display:block}#ladder-view,#details,.wide{height:auto;max-height:none;overflow:visible;border:0}.wide thead th{position:static}.chains td,.chains .what,.short{white-space:normal}.chains .timing,.chains .axis{width:120px;height:auto}a{text-decoration:none}}
`;
