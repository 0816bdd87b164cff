/** The package has no types of its own. */
declare module 'odata-csdl' {
  interface Options {
    /** Whether anything that is wrong throws, instead of being collected. */
    strict?: boolean;
  }

  const odataCsdl: { xml2json(xml: string, options?: Options): Record<string, unknown> };
  export default odataCsdl;
}
