import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { entryLink, html, NOTHING, scriptJson } from "../../src/core/report/html.js";

describe("html", () => {
	test("strings are escaped, what was made here stays", () => {
		const list = [html`<li>${"<b>"}</li>`, html`<li>2</li>`];
		expect(html`<p title="${'"&'}">${"a<script>'`"} ${list}${NOTHING}${7}</p>`.text).toBe(
			'<p title="&quot;&amp;">a&lt;script&gt;&#39;&#96; <li>&lt;b&gt;</li><li>2</li>7</p>',
		);
		expect(entryLink(16).text).toBe('<a href="#m16">#16</a>');
	});

	test("what cannot be seen becomes visible", () => {
		expect(html`${"\u202e\x00\x1b"}`.text).toBe("\\u202e\\x00\\x1b");
	});

	test("no text leaves its place, as content or as a quoted attribute", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), (text) => {
				expect(html`${text}`.text).not.toMatch(/[<>"'`]|&(?!amp;|lt;|gt;|quot;|#39;|#96;)/);
			}),
		);
	});
});

describe("JSON in a script element", () => {
	test("nothing in it ends the element or begins a comment", () => {
		expect(scriptJson("</script><!--\u2028&")).toBe('"\\u003c/script\\u003e\\u003c!--\\u2028\\u0026"');
	});

	test("any value comes back", () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				const text = scriptJson(value);
				expect(text).not.toMatch(/[<>&\u2028\u2029]/);
				expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
			}),
		);
	});
});
