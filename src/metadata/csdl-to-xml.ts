/** A model → CSDL XML 4.0 (OData 4.0 Part 3). */
import type {
  Annotation,
  Csdl,
  EntityType,
  EnumType,
  Expression,
  NavigationProperty,
  Property,
  RecordExpression,
  Vocabulary,
} from './csdl.js';
import { toElement, XML_DECLARATION } from './xml.js';

const EDMX = 'http://docs.oasis-open.org/odata/ns/edmx';
const EDM = 'http://docs.oasis-open.org/odata/ns/edm';

export function toCsdlXml(csdl: Csdl): string {
  const { namespace, alias, container, containerAnnotations, singleton } = csdl;
  const schema = toElement('Schema', { xmlns: EDM, Namespace: namespace, Alias: alias }, [
    ...csdl.enumTypes.map(toEnumType),
    ...csdl.entityTypes.map(toEntityType),
    toElement('EntityContainer', { Name: container }, [
      toElement(
        'Singleton',
        { Name: singleton.name, Type: singleton.type },
        toAnnotations(singleton.annotations),
      ),
      ...toAnnotations(containerAnnotations),
    ]),
    ...csdl.targets.map(({ target, annotations }) =>
      toElement('Annotations', { Target: target }, toAnnotations(annotations)),
    ),
  ]);
  const edmx = toElement('edmx:Edmx', { 'xmlns:edmx': EDMX, Version: csdl.version }, [
    ...csdl.vocabularies.map(toReference),
    toElement('edmx:DataServices', {}, [schema]),
  ]);
  return `${XML_DECLARATION}\n${edmx}\n`;
}

function toReference({ url, namespace, alias }: Vocabulary): string {
  return toElement('edmx:Reference', { Uri: `${url}.xml` }, [
    toElement('edmx:Include', { Namespace: namespace, Alias: alias }),
  ]);
}

function toEnumType({ name, members, annotations }: EnumType): string {
  return toElement('EnumType', { Name: name }, [
    ...members.map((member, value) => toElement('Member', { Name: member, Value: value })),
    ...toAnnotations(annotations),
  ]);
}

function toEntityType(type: EntityType): string {
  const { name, baseType, isAbstract, key, properties, navigations, annotations } = type;
  return toElement('EntityType', { Name: name, BaseType: baseType, Abstract: isAbstract }, [
    ...(key === undefined ? [] : [toElement('Key', {}, [toElement('PropertyRef', { Name: key })])]),
    ...properties.map(toPropertyElement),
    ...navigations.map(toNavigation),
    ...toAnnotations(annotations),
  ]);
}

function toPropertyElement(property: Property): string {
  const { name, type, isNullable, maxLength, precision, defaultValue, annotations } = property;
  const facets = {
    // In XML, what does not say so is nullable.
    Nullable: isNullable,
    MaxLength: maxLength,
    Precision: precision,
    DefaultValue: defaultValue,
  };
  return toElement('Property', { Name: name, Type: type, ...facets }, toAnnotations(annotations));
}

function toNavigation({ name, type, isCollection, annotations }: NavigationProperty): string {
  return toElement(
    'NavigationProperty',
    {
      Name: name,
      Type: isCollection ? `Collection(${type})` : type,
      // A collection must not say it.
      Nullable: isCollection ? undefined : false,
      ContainsTarget: true,
    },
    toAnnotations(annotations),
  );
}

function toAnnotations(annotations: readonly Annotation[]): string[] {
  return annotations.map(({ term, value, annotations: more = [] }) =>
    toValued('Annotation', { Term: term }, value, toAnnotations(more)),
  );
}

/**
 * An element with a value: in an attribute where the value is a constant, as its child otherwise.
 */
function toValued(
  name: string,
  attributes: Readonly<Record<string, string>>,
  value: Expression,
  children: readonly string[] = [],
): string {
  const constant = toConstant(value);
  return constant === undefined
    ? toElement(name, attributes, [toChild(value), ...children])
    : toElement(name, { ...attributes, [constant.kind]: constant.text }, children);
}

function toChild(value: Expression): string {
  const constant = toConstant(value);
  if (constant !== undefined) return toElement(constant.kind, {}, constant.text);
  return isList(value)
    ? toElement('Collection', {}, value.map(toChild))
    : toRecord(value as RecordExpression);
}

function toRecord({ type, record, annotations = [] }: RecordExpression): string {
  return toElement('Record', { Type: type }, [
    ...Object.entries(record).map(([name, value]) =>
      toValued('PropertyValue', { Property: name }, value),
    ),
    ...toAnnotations(annotations),
  ]);
}

/**
 * What can stand in an attribute, and the attribute's name (section 14.3); the element's name is
 * the same.
 */
function toConstant(value: Expression): { kind: string; text: string } | undefined {
  if (typeof value === 'string') return { kind: 'String', text: value };
  if (typeof value === 'boolean') return { kind: 'Bool', text: String(value) };
  if (typeof value === 'number') return { kind: 'Int', text: String(value) };
  if (isList(value)) return undefined;
  if ('member' in value) {
    const members = value.member.split(',').map((member) => `${value.enumType}/${member}`);
    return { kind: 'EnumMember', text: members.join(' ') };
  }
  if ('propertyPath' in value) return { kind: 'PropertyPath', text: value.propertyPath };
  return undefined;
}

function isList(value: Expression): value is readonly Expression[] {
  return Array.isArray(value);
}
