// Runs the cases of the files that the address names and sends what came out: {file: {name: null | what is wrong}}.

const results = {};
for (const file of new URLSearchParams(location.search).getAll("cases")) {
  results[file] = {};
  const { cases } = await import(`./cases/${file}.js`).catch((error) => {
    results[file] = { "it is loaded": String(error.message) };
    return { cases: {} };
  });
  for (const [name, check] of Object.entries(cases)) {
    try {
      await check();
      results[file][name] = null;
    } catch (error) {
      results[file][name] = String(error.message);
    }
  }
}
await fetch("/results", { method: "POST", body: JSON.stringify(results) });
