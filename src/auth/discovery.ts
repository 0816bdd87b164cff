import { fetchDocument, IssuerFault } from './issuer-documents.js';

/** Where an issuer says that its keys are (OpenID Connect Discovery 1.0, section 4). */
export async function discoverKeys(issuer: string): Promise<URL> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = await fetchDocument(url);
  if (document.issuer !== issuer) {
    const other = String(document.issuer).slice(0, 256);
    throw new IssuerFault(url, `speaks for the issuer '${other}', not for '${issuer}'`);
  }
  const address = String(document.jwks_uri);
  if (!URL.canParse(address)) throw new IssuerFault(url, "has no URL of keys ('jwks_uri')");
  const keysUrl = new URL(address);
  // Keys must not come by a weaker way than the document that names them.
  if (keysUrl.protocol !== 'https:' && new URL(issuer).protocol === 'https:') {
    throw new IssuerFault(url, `names keys at '${keysUrl.href.slice(0, 256)}', which is not https`);
  }
  return keysUrl;
}
