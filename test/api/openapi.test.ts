import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { openApi } from "../../src/shell/api/openapi.js";
import { FAMILIES } from "../../src/shell/api/routes/index.js";
import { apiRig } from "./rig.js";

// biome-ignore lint/suspicious/noExplicitAny: what the tests look into
const description = openApi(FAMILIES, "1.2.3") as any;
// biome-ignore lint/suspicious/noExplicitAny: what the tests look into
const operations: [string, string, any][] = Object.entries<any>(description.paths).flatMap(([path, methods]) =>
	Object.entries(methods).map(([method, operation]): [string, string, unknown] => [path, method, operation]),
);

describe("the description of the API", () => {
	it("is OpenAPI 3.1 of every route, with names that differ and what every request needs", () => {
		expect(description.openapi).toBe("3.1.0");
		expect(operations.length).toBe(FAMILIES.flatMap(({ routes }) => routes).length);
		const names = operations.map(([, , { operationId }]) => operationId);
		expect(new Set(names).size).toBe(names.length);
		expect(description.security).toEqual([{ token: [] }]);
		for (const [path, , operation] of operations) {
			const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
			const described = (operation.parameters ?? [])
				.filter((one: { in: string }) => one.in === "path")
				.map(({ name }: { name: string }) => name);
			expect(described).toEqual(inPath);
			expect(operation.summary.length).toBeGreaterThan(5);
			expect(operation.summary.endsWith(".")).toBe(false);
			expect(description.tags.map(({ name }: { name: string }) => name)).toContain(operation.tags[0]);
			expect(operation.responses.default).toEqual({ $ref: "#/components/responses/Problem" });
		}
	});

	it("has schemas that are JSON Schema 2020-12", () => {
		const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
		const schemas = operations.flatMap(([, , operation]) => [
			...(operation.parameters ?? []).map(({ schema }: { schema: object }) => schema),
			...Object.values<{ schema: object }>(operation.requestBody?.content ?? {}).map(({ schema }) => schema),
			...Object.values<{ content?: Record<string, { schema?: object }> }>(operation.responses).flatMap(({ content = {} }) =>
				Object.values(content).flatMap(({ schema }) => schema ?? []),
			),
		]);
		expect(schemas.length).toBeGreaterThan(50);
		for (const schema of schemas) expect(() => ajv.compile(schema)).not.toThrow();
	});

	it("is served, and what is answered is as it says", async () => {
		const { get, client, call, proxy } = await apiRig();
		expect((await get("/openapi.json")).json).toEqual(description);
		client.write(
			"OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
		);
		await proxy.waitFor("entry == 2");
		await call("POST", "/breakpoints", { filter: "sip", name: "all" });
		client.write("OPTIONS sip:b SIP/2.0\r\nContent-Length: 0\r\n\r\n");
		await proxy.waitFor("entry == 3");
		const ajv = new Ajv2020({ strict: false });
		for (const path of [
			"/entries",
			"/entries/{number}",
			"/breakpoints",
			"/breakpoints/{id}",
			"/held",
			"/held/{id}",
			"/connections",
			"/hops",
			"/hops/{id}",
			"/alg",
			"/alg/profiles",
			"/status",
		]) {
			const answer = await get(path.replace(/\{\w+\}/, "1"));
			expect([path, answer.status]).toEqual([path, 200]);
			const { schema } = description.paths[path].get.responses[200].content["application/json"];
			const valid = ajv.compile(schema);
			valid(answer.json);
			expect([path, valid.errors]).toEqual([path, null]);
		}
	});
});
