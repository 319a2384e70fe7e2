import * as tags from '../oxprops/property-tags.generated.js'

/** How the values of an attribute look in JavaScript; `bytes` stand as base64 in text forms, `time` as ISO 8601. */
export type AttributeType = 'text' | 'texts' | 'number' | 'boolean' | 'bytes' | 'bytesList' | 'time'

export interface AttributeSpec {
  readonly type: AttributeType
  /** The property that address book clients see ([MS-OXOABK] 2.2). */
  readonly tag: number
  /** What it is, for help texts and schemas. */
  readonly description: string
  /** Most characters of a text, bytes of a value. */
  readonly limit: number
}

/** Longest text of an attribute unless it says otherwise; Active Directory has limits of this order for most. */
const TEXT = 256
const LONG_TEXT = 4096
/** A thumbnail photo has at most 100 KiB in Active Directory. */
const PHOTO_BYTES = 100 << 10
const CERTIFICATE_BYTES = 32 << 10

const text = (tag: number, description: string, limit = TEXT) => ({ type: 'text', tag, description, limit }) as const
const texts = (tag: number, description: string) => ({ type: 'texts', tag, description, limit: TEXT }) as const
const bytes = (tag: number, description: string, limit: number) => ({ type: 'bytes', tag, description, limit }) as const
const bytesList = (tag: number, description: string) =>
  ({ type: 'bytesList', tag, description, limit: CERTIFICATE_BYTES }) as const
const number = (tag: number, description: string) => ({ type: 'number', tag, description, limit: 0x7fffffff }) as const
const boolean = (tag: number, description: string) => ({ type: 'boolean', tag, description, limit: 0 }) as const
const time = (tag: number, description: string) => ({ type: 'time', tag, description, limit: 0 }) as const

/**
 * What the directory keeps about an entry beside its names, ids and links ([MS-OXOABK] 2.2). World files, the admin API
 * and the address book are derived from this table: an attribute is declared here and nowhere else.
 */
export const attributeSpecs = {
  givenName: text(tags.PidTagGivenName, 'First name'),
  middleName: text(tags.PidTagMiddleName, 'Middle name'),
  surname: text(tags.PidTagSurname, 'Last name'),
  initials: text(tags.PidTagInitials, 'Initials'),
  generation: text(tags.PidTagGeneration, 'Generational abbreviation, e.g. Jr.'),
  namePrefix: text(tags.PidTagDisplayNamePrefix, 'Title before the name, e.g. Dr.'),
  nickname: text(tags.PidTagNickname, 'Nickname'),
  printableName: text(tags.PidTagAddressBookDisplayNamePrintable, 'Display name in printable ASCII'),
  phoneticDisplayName: text(tags.PidTagAddressBookPhoneticDisplayName, 'Display name as it is pronounced'),
  phoneticGivenName: text(tags.PidTagAddressBookPhoneticGivenName, 'First name as it is pronounced'),
  phoneticSurname: text(tags.PidTagAddressBookPhoneticSurname, 'Last name as it is pronounced'),
  phoneticCompany: text(tags.PidTagAddressBookPhoneticCompanyName, 'Company as it is pronounced'),
  phoneticDepartment: text(tags.PidTagAddressBookPhoneticDepartmentName, 'Department as it is pronounced'),
  title: text(tags.PidTagTitle, 'Job title'),
  company: text(tags.PidTagCompanyName, 'Company'),
  department: text(tags.PidTagDepartmentName, 'Department'),
  office: text(tags.PidTagOfficeLocation, 'Office'),
  profession: text(tags.PidTagProfession, 'Profession'),
  assistant: text(tags.PidTagAssistant, 'Name of the assistant'),
  assistantPhone: text(tags.PidTagAssistantTelephoneNumber, 'Telephone number of the assistant'),
  businessPhone: text(tags.PidTagBusinessTelephoneNumber, 'Business telephone number'),
  businessPhones: texts(tags.PidTagBusiness2TelephoneNumbers, 'Further business telephone numbers'),
  homePhone: text(tags.PidTagHomeTelephoneNumber, 'Home telephone number'),
  homePhones: texts(tags.PidTagHome2TelephoneNumbers, 'Further home telephone numbers'),
  mobilePhone: text(tags.PidTagMobileTelephoneNumber, 'Mobile telephone number'),
  otherPhone: text(tags.PidTagOtherTelephoneNumber, 'Other telephone number'),
  companyPhone: text(tags.PidTagCompanyMainTelephoneNumber, 'Main telephone number of the company'),
  pager: text(tags.PidTagPagerTelephoneNumber, 'Pager number'),
  fax: text(tags.PidTagPrimaryFaxNumber, 'Fax number'),
  homeFax: text(tags.PidTagHomeFaxNumber, 'Home fax number'),
  telex: text(tags.PidTagTelexNumber, 'Telex number'),
  ttyPhone: text(tags.PidTagTelecommunicationsDeviceForDeafTelephoneNumber, 'Text telephone number'),
  street: text(tags.PidTagStreetAddress, 'Street address', LONG_TEXT),
  postOfficeBox: text(tags.PidTagPostOfficeBox, 'Post office box'),
  city: text(tags.PidTagLocality, 'City'),
  state: text(tags.PidTagStateOrProvince, 'State or province'),
  postalCode: text(tags.PidTagPostalCode, 'Postal code'),
  country: text(tags.PidTagCountry, 'Country or region'),
  homeStreet: text(tags.PidTagHomeAddressStreet, 'Street of the home address'),
  homeCity: text(tags.PidTagHomeAddressCity, 'City of the home address'),
  homeState: text(tags.PidTagHomeAddressStateOrProvince, 'State or province of the home address'),
  homePostalCode: text(tags.PidTagHomeAddressPostalCode, 'Postal code of the home address'),
  homeCountry: text(tags.PidTagHomeAddressCountry, 'Country or region of the home address'),
  homePostOfficeBox: text(tags.PidTagHomeAddressPostOfficeBox, 'Post office box of the home address'),
  webPage: text(tags.PidTagBusinessHomePage, 'Web page', LONG_TEXT),
  notes: text(tags.PidTagComment, 'Notes', LONG_TEXT),
  language: text(tags.PidTagLanguage, 'Language, e.g. en-US'),
  spouse: text(tags.PidTagSpouseName, 'Name of the spouse'),
  hobbies: text(tags.PidTagHobbies, 'Hobbies'),
  birthday: time(tags.PidTagBirthday, 'Birthday'),
  weddingAnniversary: time(tags.PidTagWeddingAnniversary, 'Wedding anniversary'),
  employeeId: text(tags.PidTagOrganizationalIdNumber, 'Number in the organisation'),
  seniority: number(tags.PidTagAddressBookSeniorityIndex, 'Seniority index; greater is more senior'),
  roomCapacity: number(tags.PidTagAddressBookRoomCapacity, 'How many people a room takes'),
  roomDescription: text(tags.PidTagAddressBookRoomDescription, 'What a room has', LONG_TEXT),
  mailTips: texts(tags.PidTagAddressBookSenderHintTranslations, 'Mail tips, each `language:text`, e.g. `default:Away`'),
  richText: boolean(tags.PidTagSendRichInfo, 'Takes rich text (TNEF)'),
  moderated: boolean(tags.PidTagAddressBookModerationEnabled, 'Messages to it need an approval'),
  photo: bytes(tags.PidTagThumbnailPhoto, 'Thumbnail photo (JPEG)', PHOTO_BYTES),
  spokenName: bytes(tags.PidTagSpokenName, 'Recording of the spoken name', PHOTO_BYTES),
  certificates: bytesList(tags.PidTagAddressBookX509Certificate, 'X.509 certificates (DER)'),
  smimeCertificates: bytesList(tags.PidTagUserX509Certificate, 'S/MIME certificates (PKCS #7)'),
  custom1: text(tags.PidTagAddressBookExtensionAttribute1, 'Custom attribute 1', LONG_TEXT),
  custom2: text(tags.PidTagAddressBookExtensionAttribute2, 'Custom attribute 2', LONG_TEXT),
  custom3: text(tags.PidTagAddressBookExtensionAttribute3, 'Custom attribute 3', LONG_TEXT),
  custom4: text(tags.PidTagAddressBookExtensionAttribute4, 'Custom attribute 4', LONG_TEXT),
  custom5: text(tags.PidTagAddressBookExtensionAttribute5, 'Custom attribute 5', LONG_TEXT),
  custom6: text(tags.PidTagAddressBookExtensionAttribute6, 'Custom attribute 6', LONG_TEXT),
  custom7: text(tags.PidTagAddressBookExtensionAttribute7, 'Custom attribute 7', LONG_TEXT),
  custom8: text(tags.PidTagAddressBookExtensionAttribute8, 'Custom attribute 8', LONG_TEXT),
  custom9: text(tags.PidTagAddressBookExtensionAttribute9, 'Custom attribute 9', LONG_TEXT),
  custom10: text(tags.PidTagAddressBookExtensionAttribute10, 'Custom attribute 10', LONG_TEXT),
  custom11: text(tags.PidTagAddressBookExtensionAttribute11, 'Custom attribute 11', LONG_TEXT),
  custom12: text(tags.PidTagAddressBookExtensionAttribute12, 'Custom attribute 12', LONG_TEXT),
  custom13: text(tags.PidTagAddressBookExtensionAttribute13, 'Custom attribute 13', LONG_TEXT),
  custom14: text(tags.PidTagAddressBookExtensionAttribute14, 'Custom attribute 14', LONG_TEXT),
  custom15: text(tags.PidTagAddressBookExtensionAttribute15, 'Custom attribute 15', LONG_TEXT)
} as const satisfies Record<string, AttributeSpec>

export type AttributeName = keyof typeof attributeSpecs

interface AttributeValues {
  text: string
  texts: readonly string[]
  number: number
  boolean: boolean
  bytes: Uint8Array
  bytesList: readonly Uint8Array[]
  /** ISO 8601. */
  time: string
}

/** Attributes of one entry; those that it does not have are absent, never empty. */
export type Attributes = {
  readonly [Name in AttributeName]?: AttributeValues[(typeof attributeSpecs)[Name]['type']]
}

export type AttributeValue = AttributeValues[AttributeType]

export const attributeNames = Object.keys(attributeSpecs) as AttributeName[]

/** What is wrong with a value for an attribute, in words that follow the attribute's name; undefined when nothing is. */
export function attributeProblem(name: AttributeName, value: unknown): string | undefined {
  const spec: AttributeSpec = attributeSpecs[name]
  const list = spec.type === 'texts' || spec.type === 'bytesList'
  if (list && (!Array.isArray(value) || value.length === 0)) return 'must be a list that is not empty'
  const values: unknown[] = list ? (value as unknown[]) : [value]
  for (const one of values) {
    const problem = valueProblem(spec, one)
    if (problem !== undefined) return problem
  }
  return undefined
}

function valueProblem({ type, limit }: AttributeSpec, value: unknown): string | undefined {
  switch (type) {
    case 'text':
    case 'texts':
      if (typeof value !== 'string' || value === '') return 'must be a text that is not empty'
      if (value.includes('\0')) return 'must not contain the character U+0000'
      return value.length > limit ? `must have at most ${limit} characters` : undefined
    case 'number':
      return Number.isInteger(value) && Math.abs(value as number) <= limit ? undefined : 'must be a 32-bit whole number'
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false'
    case 'time':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? undefined : 'must be a date, ISO 8601'
    default:
      if (!(value instanceof Uint8Array) || value.length === 0) return 'must be bytes'
      return value.length > limit ? `must have at most ${limit} bytes` : undefined
  }
}
