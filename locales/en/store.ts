export const storeEn = {
  'store.no_home': 'The folder {home} does not exist',
  'store.no_home.hint': 'Make it with: tregua init {home}',
  'store.home_is_file': '{home} is a file, not a folder',
  'store.home_read_only': '{home} cannot be written to',
  'store.home_read_only.hint': 'Choose another folder, or get the right to write in it',
  'store.no_agreement': 'There is no tregua.yaml in {home}',
  'store.no_agreement.hint': 'Make one with: tregua init',
  'store.agreement_unreadable': 'The tregua.yaml of {home} cannot be read',
  'store.busy': 'Another Tregua (process {pid}) is working on this folder',
  'store.busy.hint': 'Wait until it is done, and try again',
  'store.disk_full': 'The disk is full ({free, number} MB left): nothing was changed',
  'store.disk_full.hint': 'Make room and try again; what was there is whole',
  'store.kept_uncounted': '{file} is kept, but the disk is too full to count it',
  'store.kept_uncounted.hint': 'Make room: the next command counts it; there is no need to import it again',
  'store.cut_short': 'The table {table} was cut short: the warehouse could not be read to its end',
  'store.cut_short.hint': 'Throw away what came and run: tregua rebuild',
  'store.rebuilt':
    'The warehouse was damaged: it was made anew from the ledger, and the old one is kept as {file}',
  'store.entry_unread':
    '{file} (batch {entry, number}, {source}) could not be read: the numbers do not count it. {reason}',
  'store.entry_unread.hint': 'Import it again with a mapping that is right; all else counts as before',
  'store.not_taken': '{file} could not be read: nothing was kept. {reason}',
  'store.not_taken.hint': 'Check its mapping; where that is right, it is a fault of Tregua: report this text',
  'store.unknown_batch': 'There is no batch {batch}',
  'store.unknown_batch.hint': 'Those that there are: tregua batches',
  'store.nothing_of_source': 'Nothing of "{source}" counts',
  'store.nothing_of_source.hint': 'The sources that there are: tregua batches',
  'store.undone_before': 'Batch {batch} ({file}) was undone before',
  'store.undone_before.hint': 'To have it count again, import it again',
  'store.no_rejects_file': '{file} is no file of rejected rows',
  'store.no_rejects_file.hint':
    'Download it from the rejects, correct its cells and leave the columns tregua_batch and tregua_line as they are',
  'store.rejects_unchanged':
    'Nothing is corrected in {file}: {untouched, plural, one {its row is} other {its # rows are}} as when rejected',
  'store.rejects_unchanged.hint':
    'Correct the cell that tregua_column names, save the file and bring it again; to read all of them by another mapping: tregua retry',
  'store.rejects_unknown':
    '{unknown, plural, one {A row} other {# rows}} of {file} cannot be mended here, and nothing else in it is corrected',
  'store.rejects_unknown.hint':
    'They were mended or undone before, are of another workspace, or came by the API or a tap, which tell them again. Download today’s rejects: tregua rejects --csv',
  'store.unknown_reject': 'Batch {batch} has no rejected row in line {line}',
  'store.unknown_reject.hint': 'Those that there are: tregua rejects --batch {batch}',
  'store.bad_place': '"{place}" is not where a page of rejected rows ends',
  'store.bad_place.hint': 'Give as `after` what the page before gave as `next`',
  'store.unknown_column': 'The file has no column "{name}"',
  'store.unknown_column.hint': 'Did you mean "{nearest}"?',
  'store.unknown_column.hint_far': 'It has: {known}',
  'store.no_file_to_mend': 'Batch {batch} ({file}) did not come in a file',
  'store.no_file_to_mend.hint': 'Send the records again, mended, or mend them where they come from',
  'store.nothing_to_retry': 'Batch {batch} ({file}) has no rejected rows left to mend',
  'store.same_mapping': '{file} was read that way before: nothing has changed since',
  'store.same_mapping.hint':
    'Change its mapping, its answers or the agreement, or mend the rows with: tregua mend',
  'store.unknown_table': 'There is no table "{name}"',
  'store.unknown_table.hint': 'Did you mean "{nearest}"?',
  'store.unknown_table.hint_far': 'There are: {known}',
  'doctor.ledger': 'The ledger is whole',
  'doctor.ledger.hint': 'SQLite says: {found}. Restore a backup',
  'doctor.files':
    '{files, plural, =0 {No stored files} one {One stored file, as it came} other {# stored files, as they came}}',
  'doctor.files.hint': '{damaged, number} of them are damaged or gone: restore a backup',
  'doctor.entries':
    '{unread, plural, =0 {Every batch can be read} one {One batch cannot be read} other {# batches cannot be read}}',
  'doctor.entries.hint': 'Not read: {files}. Import them again with a mapping that is right',
  'doctor.up_to_date':
    'What is shown is up to the ledger ({entries, plural, one {# entry} other {# entries}})',
  'doctor.up_to_date.hint': 'Run: tregua rebuild',
  'doctor.balanced':
    'Rows read = accepted + unchanged + rejected ({batches, plural, one {# batch} other {# batches}}, {rejected, number} rejected)',
  'doctor.balanced.hint': 'Run: tregua rebuild',
  'doctor.waiting':
    'Leads that wait for their creation: {versions, number}; leads known by activities only: {activities, number}',
  'doctor.waiting.hint': 'Import the leads that they belong to',
  'doctor.disk': '{free, number} MB of disk are free',
  'doctor.disk.hint': 'Make room before the next import',
} as const;
