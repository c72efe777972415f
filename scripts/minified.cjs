/** Reads {path: [source, minified]} as JSON and names the scripts that a minifier has given another meaning. */

const { createSourceFile, forEachChild, ScriptKind, ScriptTarget, SyntaxKind } = require('typescript');
const { readFileSync } = require('node:fs');

/** The kinds of the syntax tree's nodes, with the text of those that have none below them. */
function meaning(text) {
  const file = createSourceFile('a.js', text, ScriptTarget.Latest, true, ScriptKind.JS);
  const told = file.parseDiagnostics.map(({ messageText }) => messageText);
  const visit = (node) => {
    const first = told.push(node.kind);
    forEachChild(node, visit);
    if (told.length === first && node.kind !== SyntaxKind.Block) told.push(node.getText(file)); // an empty block may hold a comment
  };
  visit(file);
  return told.join('\n');
}

const changed = Object.entries(JSON.parse(readFileSync(0, 'utf8'))).filter(([, [source, minified]]) => meaning(source) !== meaning(minified));
for (const [path] of changed) console.error(`${path}: what is served means something else`);
process.exitCode = changed.length ? 1 : 0;
