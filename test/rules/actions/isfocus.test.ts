import { describe, expect, it } from "vitest";
import { parseCpim } from "../../../src/core/protocols/cpim/index.js";
import { problemText } from "../../../src/core/rules/index.js";
import { FOCUS_FORMS, type FocusForm } from "../../../src/core/rules/message/isfocus.js";
import { request, send } from "../messages.js";
import { loadText, runRules, toServer } from "../run.js";
import { rule, whole } from "./rules.js";

const U = "sip:x@h.example";
const body = (from: string, to = "<sip:b@d>") =>
	`From:${from.startsWith(";") ? "" : " "}${from}\r\nTo: ${to}\r\n\r\nContent-Type: text/plain\r\n\r\nhi`;
const chat = (text: string) => send("aaaa", text, "message/cpim", [], whole(text));
const contact = (value: string) => request("INFO", 1).replace("<sip:alice@192.0.2.1>", value);
const inCpim = (from: string, action: string) => {
	const out = runRules(rule("cpim", action), [toServer(chat(body(from)))], { cuts: 1 }).toServer;
	const [, text] = /\r\n\r\n(From[\s\S]*)\r\n-------aaaa\$\r\n$/.exec(out)!;
	expect(out).toBe(chat(text!));
	return /^From:( ?.*)\r$/m.exec(text!)![1]!.replace(/^ /, "");
};
const inContact = (value: string, action: string) =>
	/^Contact: (.*)\r$/m.exec(runRules(rule("sip", action), [toServer(contact(value))], { cuts: 1 }).toServer)![1]!;

/** F1 to F15 of the specification's table: as written, and what is left of it. */
const CPIM: [string, string][] = [
	[`<${U};isfocus>`, `<${U}>`],
	[`<${U}>;isfocus`, `<${U}>`],
	[`<${U};IsFocus>`, `<${U}>`],
	[`<${U};%69sfocus>`, `<${U}>`],
	[`<${U};isfocus=>`, `<${U}>`],
	[`<${U};isfocus=true>`, `<${U}>`],
	[`<${U};isfocus=1;lr>`, `<${U};lr>`],
	[`<sip:room;isfocus@h>`, `<sip:room;isfocus@h>`],
	[`<${U}?isfocus=1>`, `<${U}?isfocus=1>`],
	[`<sip:isfocus@h>`, `<sip:isfocus@h>`],
	[`<${U};isfocused>`, `<${U};isfocused>`],
	[`"a;isfocus" <${U}>`, `"a;isfocus" <${U}>`],
	[`<tel:+12025550177;isfocus>`, `<tel:+12025550177>`],
	[`;isfocus <${U}>`, `<${U}>`],
	[`<${U};isfocus;isfocus>`, `<${U}>`],
	[`<${U}\\u003bisfocus>`, `<${U}>`],
	[`"A" <${U};transport=tcp;isfocus;lr>`, `"A" <${U};transport=tcp;lr>`],
	[`${U};isfocus`, U],
];
const CONTACT: [string, string][] = [
	[`<${U}>;isfocus`, `<${U}>`],
	[`<${U};isfocus>`, `<${U}>`],
	[`${U};isfocus`, U],
	[`${U};isfocus;expires=9`, `${U};expires=9`],
	[`<${U}>;audio;isfocus="!TRUE";video`, `<${U}>;audio;video`],
	[`"x, y;isfocus" <${U};isfocus>;isfocus, <sip:z@h>;isfocus`, `"x, y;isfocus" <${U}>, <sip:z@h>`],
	["*", "*"],
];

describe("strip-isfocus", () => {
	for (const [written, left] of CPIM) it(`in CPIM: ${written}`, () => expect(inCpim(written, "strip-isfocus: cpim-from")).toBe(left));
	for (const [written, left] of CONTACT) it(`in Contact: ${written}`, () => expect(inContact(written, "strip-isfocus")).toBe(left));

	it("only inside of URIs, or only outside of them", () => {
		const both = `<${U};isfocus>;isfocus`;
		expect(inContact(both, "strip-isfocus: {form: uri}")).toBe(`<${U}>;isfocus`);
		expect(inContact(both, "strip-isfocus: {in: [contact], form: header}")).toBe(`<${U};isfocus>`);
		expect(inCpim(both, "strip-isfocus: {form: uri}")).toBe(`<${U}>;isfocus`);
	});

	it("only in the places asked for", () => {
		const text = body(`<${U};isfocus>`, `<${U};isfocus>`);
		const out = runRules(rule("cpim", "strip-isfocus: cpim-to"), [toServer(chat(text))]);
		expect(out.toServer).toBe(chat(body(`<${U};isfocus>`, `<${U}>`)));
		expect(out.did).toEqual(["r: CPIM To", "mitmsrp: Byte-Range"]);
		const sip = request("INFO", 1).replace("<sip:bob@example.com>", "<sip:bob@example.com;isfocus>");
		expect(runRules(rule("sip", "strip-isfocus: contact"), [toServer(sip)]).toServer).toBe(sip);
		expect(runRules(rule("sip", "strip-isfocus: to"), [toServer(sip)]).toServer).toBe(request("INFO", 1));
	});

	it("of addresses after escapes and namespaces", () => {
		const text = `NS: c <urn:ietf:params:cpim-headers:>\r\nc.From: <${U};isfocus>\r\nc.To: <sip:b@d>\r\n\r\nContent-Type: text/plain\r\n\r\nhi`;
		expect(runRules(rule("cpim", "strip-isfocus"), [toServer(chat(text))]).toServer).toBe(chat(text.replace(";isfocus", "")));
	});
});

const FORMS: Record<FocusForm, [cpim: string | undefined, contact: string | undefined]> = {
	uri: [`<${U};isfocus>`, `<${U};isfocus>`],
	header: [`<${U}>;isfocus`, `<${U}>;isfocus`],
	bare: [undefined, `${U};isfocus`],
	"mixed-case": [`<${U};IsFocus>`, `<${U};IsFocus>`],
	escaped: [`<${U};%69sfocus>`, `<${U};%69sfocus>`],
	empty: [`<${U};isfocus=>`, `<${U};isfocus=>`],
	true: [`<${U};isfocus=true>`, `<${U};isfocus=true>`],
	false: [`<${U};isfocus=false>`, `<${U};isfocus=false>`],
	negated: [`<${U}>;isfocus="!TRUE"`, `<${U}>;isfocus="!TRUE"`],
	twice: [`<${U};isfocus;isfocus>`, `<${U};isfocus;isfocus>`],
	"cpim-escaped": [`<${U}\\u003bisfocus>`, undefined],
	before: [`;isfocus <${U}>`, undefined],
	user: ["<sip:x;isfocus@h.example>", "<sip:x;isfocus@h.example>"],
	headers: [`<${U}?isfocus=1>`, `<${U}?isfocus=1>`],
	longer: [`<${U};isfocused>`, `<${U};isfocused>`],
	name: [`"x;isfocus" <${U}>`, `"x;isfocus" <${U}>`],
};

describe("add-isfocus", () => {
	it("knows the forms that are tried here", () => {
		expect(Object.keys(FORMS)).toEqual(Object.keys(FOCUS_FORMS));
	});

	for (const [form, [cpim, sip]] of Object.entries(FORMS)) {
		it(`as ${form}`, () => {
			expect(inCpim(`<${U}>`, `add-isfocus: {in: cpim-from, form: ${form}}`)).toBe(cpim ?? `<${U}>`);
			expect(inContact(`<${U}>`, `add-isfocus: {in: contact, form: ${form}}`)).toBe(sip ?? `<${U}>`);
		});
	}

	it("before headers of the URI, and with brackets where there are none", () => {
		expect(inContact(`<${U}?a=b>;q=1`, "add-isfocus: contact")).toBe(`<${U};isfocus?a=b>;q=1`);
		expect(inContact(`${U};q=1`, "add-isfocus: contact")).toBe(`<${U};isfocus>;q=1`);
		expect(inContact(`"A" <${U}>;q=1`, "add-isfocus: {in: contact, form: header}")).toBe(`"A" <${U}>;isfocus;q=1`);
	});

	it("not twice", () => {
		expect(inContact(`<${U};isfocus>;isfocus`, "add-isfocus: contact")).toBe(`<${U};isfocus>;isfocus`);
		expect(inContact(`<${U};isfocus>;isfocus`, "add-isfocus: {in: contact, form: header}")).toBe(`<${U};isfocus>;isfocus`);
	});

	it("is what strip-isfocus takes away again, where it is a parameter", () => {
		for (const [form, [cpim]] of Object.entries(FORMS)) {
			if (cpim === undefined || ["user", "headers", "longer", "name"].includes(form)) continue;
			expect(inCpim(cpim, "strip-isfocus")).toBe(`<${U}>`);
		}
	});

	it("makes the class of the message what the specification says", () => {
		const classOf = (form: string) =>
			parseCpim(Buffer.from(body(inCpim(`<${U}>`, `add-isfocus: {in: cpim-from, form: ${form}}`))), 0, 200, true).from[0]?.uri.params.map(
				({ name }) => name,
			);
		expect(classOf("uri")).toEqual(["isfocus"]);
		expect(classOf("header")).toEqual([]);
	});

	it("in a place that there is not, is refused", () => {
		expect(loadText(rule("sip", "add-isfocus: cpim-form")).problems.map(problemText)[0]).toMatch(
			/^rules\.yaml:4:7: add-isfocus: there is no place cpim-form; there are contact,/,
		);
	});
});
