import { describe, expect, it } from '@jest/globals';

import { toCsdlXml } from './csdl-to-xml.js';
import type { Annotation, Csdl, EntityType } from './csdl.js';

const EMPTY: Csdl = {
  version: '4.0',
  vocabularies: [],
  namespace: 'a.b',
  alias: 'ab',
  enumTypes: [],
  entityTypes: [],
  container: 'Container',
  containerAnnotations: [],
  singleton: { name: 'one', type: 'ab.one', annotations: [] },
  targets: [],
};

/** The lines of a document that the empty model's does not have, without their indentation. */
function linesOf(model: Partial<Csdl>): string[] {
  const known = toCsdlXml(EMPTY).split('\n');
  return toCsdlXml({ ...EMPTY, ...model })
    .split('\n')
    .filter((line) => !known.includes(line))
    .map((line) => line.trim());
}

function annotated(annotation: Annotation): string[] {
  return linesOf({ containerAnnotations: [annotation] });
}

function type(members: Partial<EntityType>): Partial<Csdl> {
  return {
    entityTypes: [{ name: 'x', properties: [], navigations: [], annotations: [], ...members }],
  };
}

it('writes a document with its namespaces', () => {
  expect(toCsdlXml(EMPTY)).toBe(`<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">
  <edmx:DataServices>
    <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="a.b" Alias="ab">
      <EntityContainer Name="Container">
        <Singleton Name="one" Type="ab.one"/>
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>
`);
});

describe('a text', () => {
  it.each([
    ['&', '&amp;'],
    ['&amp;', '&amp;amp;'],
    ['<b>', '&lt;b&gt;'],
    ['"', '&quot;'],
    ["'", "'"],
    [']]>', ']]&gt;'],
    ['a\tb\r\nc', 'a&#9;b&#13;&#10;c'],
    ['  two  blanks ', '  two  blanks '],
    ['ü😀', 'ü😀'],
  ])('%j is written as %s, in attributes and in elements', (text, written) => {
    expect(annotated({ term: 'T', value: text })).toEqual([
      `<Annotation Term="T" String="${written}"/>`,
    ]);
    expect(annotated({ term: 'T', value: [text] })).toContain(`<String>${written}</String>`);
  });
});

describe('an annotation', () => {
  it.each<[string, Annotation['value'], string]>([
    ['a Boolean', false, 'Bool="false"'],
    ['an integer', -1, 'Int="-1"'],
    [
      'a member of an enumeration',
      { enumType: 'C.Level', member: 'High' },
      'EnumMember="C.Level/High"',
    ],
    [
      'two flags of an enumeration',
      { enumType: 'C.Level', member: 'High,Low' },
      'EnumMember="C.Level/High C.Level/Low"',
    ],
    ['a path to a property', { propertyPath: 'id' }, 'PropertyPath="id"'],
  ])('has %s in an attribute', (_what, value, attribute) => {
    expect(annotated({ term: 'T', value })).toEqual([`<Annotation Term="T" ${attribute}/>`]);
  });

  it('has a collection and a record as children, each with what is said about it', () => {
    const value = {
      type: 'C.Record',
      record: { Paths: [{ propertyPath: 'id' }], None: [], Is: true },
      annotations: [{ term: 'D', value: 'inner' }],
    };
    expect(annotated({ term: 'T', value, annotations: [{ term: 'D', value: 'outer' }] })).toEqual([
      '<Annotation Term="T">',
      '<Record Type="C.Record">',
      '<PropertyValue Property="Paths">',
      '<Collection>',
      '<PropertyPath>id</PropertyPath>',
      '</Collection>',
      '</PropertyValue>',
      '<PropertyValue Property="None">',
      '<Collection/>',
      '</PropertyValue>',
      '<PropertyValue Property="Is" Bool="true"/>',
      '<Annotation Term="D" String="inner"/>',
      '</Record>',
      '<Annotation Term="D" String="outer"/>',
      '</Annotation>',
    ]);
  });
});

describe('a type', () => {
  it('says of each property whether it is nullable, because in XML the default is yes', () => {
    const property = { name: 'p', type: 'Edm.String', annotations: [] };
    expect(
      linesOf(
        type({
          isAbstract: true,
          key: 'p',
          properties: [
            { ...property, isNullable: false, maxLength: 9 },
            { ...property, isNullable: true, precision: 12 },
            { ...property, isNullable: false, defaultValue: 0 },
          ],
        }),
      ),
    ).toEqual([
      '<EntityType Name="x" Abstract="true">',
      '<Key>',
      '<PropertyRef Name="p"/>',
      '</Key>',
      '<Property Name="p" Type="Edm.String" Nullable="false" MaxLength="9"/>',
      '<Property Name="p" Type="Edm.String" Nullable="true" Precision="12"/>',
      '<Property Name="p" Type="Edm.String" Nullable="false" DefaultValue="0"/>',
      '</EntityType>',
    ]);
  });

  it('says it of a navigation to one, and must not of a navigation to many', () => {
    const navigation = { name: 'n', type: 'ab.y', annotations: [] };
    expect(
      linesOf(
        type({
          baseType: 'ab.base',
          navigations: [
            { ...navigation, isCollection: false },
            { ...navigation, isCollection: true },
          ],
        }),
      ),
    ).toEqual([
      '<EntityType Name="x" BaseType="ab.base">',
      '<NavigationProperty Name="n" Type="ab.y" Nullable="false" ContainsTarget="true"/>',
      '<NavigationProperty Name="n" Type="Collection(ab.y)" ContainsTarget="true"/>',
      '</EntityType>',
    ]);
  });

  it('of enumeration has the values of its members', () => {
    expect(linesOf({ enumTypes: [{ name: 'e', members: ['a', 'b'], annotations: [] }] })).toEqual([
      '<EnumType Name="e">',
      '<Member Name="a" Value="0"/>',
      '<Member Name="b" Value="1"/>',
      '</EnumType>',
    ]);
  });
});
