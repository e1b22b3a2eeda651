import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
	// Examples import the package by its name, as whoever copies them does.
	resolve: { alias: { mitmsrp: fileURLToPath(new URL("src/index.ts", import.meta.url)) } },
	test: {
		include: ["test/**/*.test.ts", "docs/examples/**/*.test.ts"],
		exclude: ["test/interop/**"],
		testTimeout: 60_000,
		typecheck: { enabled: false },
	},
});
