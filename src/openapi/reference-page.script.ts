/**
 * The script of the page. A token that was given on it is kept in `sessionStorage`: for this tab,
 * and no longer. swagger-ui itself could only keep it for all tabs, and for ever. Where the browser
 * stores nothing, the page does without.
 */
export const SCRIPT = `const KEY = 'token';

function readToken() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keepToken(token) {
  try {
    if (token) sessionStorage.setItem(KEY, token);
    else sessionStorage.removeItem(KEY);
  } catch {
    // It is asked for again.
  }
}

function KeepsToken() {
  const wrapActions = {
    authorize: (authorize) => (schemes) => {
      keepToken(schemes.bearer?.value);
      return authorize(schemes);
    },
    logout: (logout) => (names) => {
      keepToken(null);
      return logout(names);
    },
  };
  return { statePlugins: { auth: { wrapActions } } };
}

const page = SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  // Its badge would show the document's address to another host.
  validatorUrl: null,
  plugins: [KeepsToken],
  onComplete() {
    const token = readToken();
    if (token) page.preauthorizeApiKey('bearer', token);
  },
});
`;
