import { namesFrom, type Words } from './words.js'

export const japanese: Words = {
  given: namesFrom(
    '健太=kenta 由美=yumi 大輔=daisuke 恵子=keiko 直樹=naoki 真理=mari 翔太=shota 久美子=kumiko 拓也=takuya 美咲=misaki 修=osamu 千尋=chihiro'
  ),
  family: namesFrom(
    '佐藤=sato 鈴木=suzuki 高橋=takahashi 田中=tanaka 渡辺=watanabe 伊藤=ito 山本=yamamoto 中村=nakamura 小林=kobayashi 加藤=kato 吉田=yoshida 山田=yamada'
  ),
  isFamilyFirst: true,
  topics: [
    '第三四半期の予算について',
    '運営会議の議事録',
    '新しい入館証リーダー',
    '交換部品の納品',
    '社員旅行の計画',
    '年次報告書の草案',
    '二階のプリンター',
    '研修会のご案内',
    '運送会社との契約',
    '試作品へのご意見',
    '出張旅費の精算',
    '夏季休暇の予定'
  ],
  sentences: [
    '最新版を添付いたします。金曜日までにご意見をいただければ幸いです。',
    '二名が電車で到着するため、開始時刻を三十分遅らせました。',
    '数字は予想より良いのですが、最後の列だけ確認が必要です。',
    'そちらの承認のご担当者を教えていただけますでしょうか。',
    '新しい手順の確認が終わるまで、これまでの手順を続けます。',
    '部品は今朝倉庫を出ましたので、明日到着する見込みです。',
    '日程に変更はなく、二つの講演の順番だけが変わりました。',
    '来週は不在にいたしますので、鈴木までご連絡ください。',
    '早速のご返信ありがとうございました。',
    '晴れましたら、いつもの場所に集合いたしましょう。'
  ],
  greeting: name => `${name} 様`,
  closing: 'よろしくお願いいたします。',
  reply: 'RE: ',
  meetings: ['週次定例', '次期版の計画', '採用面接', '予算会議', '振り返り'],
  rooms: ['第一会議室', '南会議室', '図書室', '食堂'],
  tasks: ['椅子を注文する', '証明書を更新する', 'アンケートに回答する', '議事録を書く', '切符を予約する'],
  companies: ['北風橋梁株式会社', '港灯商事', '樫錨工業', '石臼出版'],
  titles: ['技術者', '営業部長', '経理担当', '購買担当', '主任'],
  categories: ['顧客', '経理', '個人']
}
