"""The page's style sheet."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--back:#fff;--ink:#1b1f24;--dim:#57606a;--line:#d0d7de;--panel:#f6f8fa;
--cause:#b42318;--risk:#9a6700;--risk-back:#f5e6bd;--good:#1a7f37;--link:#0550ae}
@media (prefers-color-scheme:dark){:root{--back:#0d1117;--ink:#e6edf3;--dim:#9aa4af;--line:#30363d;--panel:#161b22;
--cause:#ff7b72;--risk:#d8a327;--risk-back:#4a3a0c;--good:#56d364;--link:#79c0ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1080px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:0 0 12px}
header p{margin:0;color:var(--dim)}
section{margin-top:36px}
.sums{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin-top:24px}
.card{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:12px 16px}
.card b{display:block;font-size:26px;line-height:1.2}.card span{color:var(--dim)}
.card.good b{color:var(--good)}.card.bad b{color:var(--cause)}.card.risky b{color:var(--risk)}
.bars{list-style:none;margin:0;padding:0;font-size:14px}
.bars li{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,2fr) minmax(0,1fr);gap:12px;
align-items:center;padding:3px 0}
.bars .label{text-align:right;overflow-wrap:anywhere}.bars .number{color:var(--dim)}
.bar{display:flex;height:20px;gap:1px}.bar i{display:block;min-width:3px;border-radius:3px}
.cause-bar{background:var(--cause)}
.risk-bar{border:1px solid var(--risk);
background:repeating-linear-gradient(135deg,var(--risk) 0 3px,var(--risk-back) 3px 6px)}
.trend{display:block;width:100%;min-width:640px;max-width:1030px;height:auto;
font:13px system-ui,-apple-system,sans-serif}
svg text{fill:var(--ink)}svg .axis,svg .number{fill:var(--dim)}
.grid{stroke:var(--line)}.line{fill:none;stroke-width:2.5}
.cause-line{stroke:var(--cause)}.risk-line{stroke:var(--risk);stroke-dasharray:6 4}
.cause-dot{fill:var(--cause)}.risk-dot{fill:var(--risk)}
.none,.dim{color:var(--dim)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;min-width:900px;table-layout:fixed;font-size:14px}
.c1{width:84px}.c2{width:27%}.c3{width:38%}
th{text-align:left;color:var(--dim);font-weight:600;border-bottom:2px solid var(--line);padding:6px 12px 6px 0}
td{vertical-align:top;border-bottom:1px solid var(--line);padding:8px 12px 8px 0}
td{overflow-wrap:anywhere}
code{font:12.5px ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
.tag{font-size:12px;border:1px solid var(--line);border-radius:10px;padding:0 8px}
.cause-tag{color:var(--cause);border-color:var(--cause)}.risk-tag{color:var(--risk);border-color:var(--risk)}
.new{color:var(--link);border-color:var(--link)}
.fix{color:var(--good)}
@media (max-width:720px){main{padding:20px 16px 48px}h1{font-size:22px}
.bars li{grid-template-columns:minmax(0,1fr) auto;gap:2px 12px;padding:7px 0}
.bars .label{grid-column:1/-1;text-align:left}
table{min-width:0}thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,td{display:block}td{border:0;padding:2px 0}tr{border-bottom:1px solid var(--line);padding:10px 0}}
@media print{main{max-width:none}}
"""
