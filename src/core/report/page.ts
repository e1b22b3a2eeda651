import { createHash } from "node:crypto";
import { formatAbsolute } from "../export/time-format.js";
import { type Html, html, NOTHING, scriptJson } from "./html.js";
import { PAGE_TEXT } from "./page-text.js";
import { STYLE } from "./style.js";
import type { ReportOptions } from "./types.js";

interface ShownSection {
	id: string;
	title: string;
	content: Html;
	data: [name: string, value: unknown][];
}

/**
 * The frame around the sections. The policy allows this style sheet and this script, by their hashes, and nothing else: no
 * request, no frame, no form, no other script, and no text that is made into HTML by a script.
 */
export function page(options: ReportOptions, zero: { sec: number; nsec: number }, sections: readonly ShownSection[]): string {
	const policy = [
		"default-src 'none'",
		`script-src ${hashOf(PAGE_TEXT)}`,
		`style-src ${hashOf(STYLE)}`,
		"base-uri 'none'",
		"form-action 'none'",
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
	].join("; ");
	const head = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${options.title} – mitmsrp report</title>
`;
	const redacted = options.redacted
		? html`<p class="redacted">Users, hosts and bodies are pseudonyms; equal names stayed equal.</p>`
		: NOTHING;
	const nav = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
	const body = html`</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<div><h1>${options.title}</h1>
<p class="source"><code>${options.source}</code> from ${formatAbsolute(zero)} · ${options.program}</p>${redacted}</div>
<button type="button" id="theme" class="quiet" hidden>Theme: system</button>
</header>
<nav aria-label="Sections"><ul>${nav}</ul></nav>
<main id="main" tabindex="-1">
${sections.map(
	({ id, title, content }) => html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${content}
</section>
`,
)}</main>
`;
	const data = sections.flatMap((section) => section.data);
	const scripts = data.map(([name, value]) => `<script type="application/json" id="data-${name}">${scriptJson(value)}</script>\n`);
	return `${head.text}<style>${STYLE}</style>\n${body.text}${scripts.join("")}<script>${PAGE_TEXT}</script>\n</body>\n</html>\n`;
}

function hashOf(text: string): string {
	return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}
